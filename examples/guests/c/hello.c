// A WASI command in C: greets on standard output, with everything that a guest can be handed: arguments, environment, standard input, clock.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int main(int argc, char **argv) {
  const char *greeting = getenv("GREETING");
  printf("%s, %s!\n", greeting ? greeting : "Hello", argc > 1 ? argv[1] : "world");

  char line[256];
  if (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    printf("You say: %s\n", line);
  }

  // Any date after the first of January 2020 will do: it shows that the clock is one.
  struct timespec now;
  int running = clock_gettime(CLOCK_REALTIME, &now) == 0 && now.tv_sec > 1577836800;
  fprintf(stderr, "C: %d arguments, clock %s\n", argc, running ? "running" : "stopped");
  return argc > 2 ? atoi(argv[2]) : 0;
}
