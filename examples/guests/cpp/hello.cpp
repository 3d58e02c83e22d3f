// A WASI command in C++: greets on standard output, with everything that a guest can be handed: arguments, environment, standard input, clock.
// No <iostream>: the streams alone would make the module twenty times as big.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

int main(int argc, char **argv) {
  const std::vector<std::string> args(argv, argv + argc);
  const char *greeting = std::getenv("GREETING");
  std::string text = greeting ? greeting : "Hello";
  text += ", " + (args.size() > 1 ? args[1] : "world") + "!\n";

  char line[256];
  if (std::fgets(line, sizeof line, stdin)) {
    std::string said = line;
    text += "You say: " + said.substr(0, said.find('\n')) + "\n";
  }
  std::fputs(text.c_str(), stdout);

  // Any date after the first of January 2020 will do: it shows that the clock is one.
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const bool running = now > std::chrono::seconds(1577836800);
  std::fputs(("C++: " + std::to_string(args.size()) + " arguments, clock " + (running ? "running" : "stopped") + "\n").c_str(), stderr);
  return args.size() > 2 ? std::atoi(args[2].c_str()) : 0;
}
