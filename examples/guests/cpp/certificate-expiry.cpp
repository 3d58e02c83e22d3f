// A probe in C++: how many days a server's certificate is still good. Arguments: HOST[:PORT], then from how many days on it is a warning (30) and
// critical (7). Without arguments the target is the environment variable TARGET.
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include "gauntlet.hpp"

namespace {

constexpr uint32_t TIMEOUT_MS = 10000;
constexpr double SECONDS_PER_DAY = 86400;

struct Target {
  std::string host;
  uint32_t port = 443;
};

// An IPv6 address stands in brackets, so the last colon outside of them is that of the port.
Target target_of(const std::string &text) {
  const auto colon = text.rfind(':');
  const bool port = colon != std::string::npos && (text.front() != '[' || text[colon - 1] == ']');
  Target target;
  target.host = port ? text.substr(0, colon) : text;
  if (port) target.port = static_cast<uint32_t>(std::atoi(text.c_str() + colon + 1));
  if (target.host.size() > 2 && target.host.front() == '[') target.host = target.host.substr(1, target.host.size() - 2);
  return target;
}

void report(gauntlet_result_status status, double days, const std::string &message) {
  gauntlet::log(status == GAUNTLET_RESULT_STATUS_OK ? GAUNTLET_LOG_LEVEL_INFO : GAUNTLET_LOG_LEVEL_WARNING, message);
  gauntlet::report(status, days, "d", message);
}

}  // namespace

int main(int argc, char **argv) {
  const char *given = argc > 1 ? argv[1] : std::getenv("TARGET");
  const double warning = argc > 2 ? std::atof(argv[2]) : 30;
  const double critical = argc > 3 ? std::atof(argv[3]) : 7;
  const double none = std::numeric_limits<double>::quiet_NaN();
  if (!given || !*given) {
    report(GAUNTLET_RESULT_STATUS_UNKNOWN, none, "usage: HOST[:PORT] [WARNING_DAYS] [CRITICAL_DAYS]");
    return 0;
  }
  const std::string name = given;
  const Target target = target_of(name);

  const auto started = std::chrono::steady_clock::now();
  gauntlet_certificate certificate;
  const gauntlet_errno error = gauntlet::certificate(target.host, target.port, TIMEOUT_MS, certificate);
  if (error) {
    // What the policy does not grant says nothing about the service.
    const bool refused = error == GAUNTLET_ERRNO_ACCES || error == GAUNTLET_ERRNO_NOTCAPABLE;
    report(refused ? GAUNTLET_RESULT_STATUS_UNKNOWN : GAUNTLET_RESULT_STATUS_CRITICAL, none,
           name + ": " + (refused ? "refused by the policy" : "no certificate") + " (" + gauntlet_errno_name(error) + ")");
    return 0;
  }
  const auto elapsed = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - started);
  gauntlet::timing("handshake", static_cast<uint64_t>(elapsed.count()));

  const double now = static_cast<double>(std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count());
  const double days = std::floor((static_cast<double>(certificate.not_after) - now) / SECONDS_PER_DAY);
  gauntlet::metric(GAUNTLET_METRIC_KIND_GAUGE, "certificate.days", days, "d");

  if (now < static_cast<double>(certificate.not_before)) {
    report(GAUNTLET_RESULT_STATUS_CRITICAL, days, name + ": not valid yet");
  } else if (days < 0) {
    report(GAUNTLET_RESULT_STATUS_CRITICAL, days, name + ": expired");
  } else if (days < critical) {
    report(GAUNTLET_RESULT_STATUS_CRITICAL, days, name + ": expires very soon");
  } else if (!certificate.authorized) {
    report(GAUNTLET_RESULT_STATUS_WARNING, days, name + ": not trusted");
  } else if (days < warning) {
    report(GAUNTLET_RESULT_STATUS_WARNING, days, name + ": expires soon");
  } else {
    report(GAUNTLET_RESULT_STATUS_OK, days, name + ": valid");
  }
  return 0;
}
