// A probe in C: how long a TCP handshake takes. Arguments: HOST:PORT, then how often (3), then from how many milliseconds on it is a warning (500).
// Without arguments the target is the environment variable TARGET.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "gauntlet.h"

enum { MOST = 20, TIMEOUT_MS = 10000 };

static int report(gauntlet_result_status status, double milliseconds, const char *message) {
  gauntlet_result_report(status, milliseconds, GAUNTLET_TEXT("ms"), GAUNTLET_TEXT(message));
  return 0;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  const char *target = argc > 1 ? argv[1] : getenv("TARGET");
  int count = argc > 2 ? atoi(argv[2]) : 3;
  double warning = argc > 3 ? atof(argv[3]) : 500;
  const double none = __builtin_nan("");
  const char *colon = target ? strrchr(target, ':') : NULL;
  if (!colon || count < 1 || count > MOST) return report(GAUNTLET_RESULT_STATUS_UNKNOWN, none, "usage: HOST:PORT [COUNT] [WARNING_MS]");

  // An IPv6 address stands in brackets.
  const char *host = target;
  size_t length = (size_t)(colon - target);
  if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
    host++;
    length -= 2;
  }

  double milliseconds[MOST];
  char text[400];
  for (int i = 0; i < count; i++) {
    uint64_t elapsed = 0;
    gauntlet_handle socket;
    gauntlet_errno error = gauntlet_tcp_connect(host, length, (uint32_t)atoi(colon + 1), TIMEOUT_MS, &elapsed, &socket);
    if (error) {
      // What the policy does not grant says nothing about the service.
      int refused = error == GAUNTLET_ERRNO_ACCES || error == GAUNTLET_ERRNO_NOTCAPABLE;
      snprintf(text, sizeof text, "%.250s: %s (%s)", target, refused ? "refused by the policy" : "no connection", gauntlet_errno_name(error));
      gauntlet_log_write(GAUNTLET_LOG_LEVEL_ERROR, GAUNTLET_TEXT(text));
      return report(refused ? GAUNTLET_RESULT_STATUS_UNKNOWN : GAUNTLET_RESULT_STATUS_CRITICAL, none, text);
    }
    close((int)socket);
    milliseconds[i] = (double)elapsed / 1e6;
    snprintf(text, sizeof text, "connect %d", i + 1);
    gauntlet_result_timing(GAUNTLET_TEXT(text), elapsed);
    gauntlet_metric_record(GAUNTLET_METRIC_KIND_HISTOGRAM, GAUNTLET_TEXT("tcp.connect"), milliseconds[i], GAUNTLET_TEXT("ms"));
  }

  qsort(milliseconds, (size_t)count, sizeof *milliseconds, compare);
  double median = (milliseconds[(count - 1) / 2] + milliseconds[count / 2]) / 2;
  snprintf(text, sizeof text, "%.250s: median of %d connections", target, count);
  gauntlet_log_write(GAUNTLET_LOG_LEVEL_INFO, GAUNTLET_TEXT(text));
  return report(median < warning ? GAUNTLET_RESULT_STATUS_OK : GAUNTLET_RESULT_STATUS_WARNING, median, text);
}
