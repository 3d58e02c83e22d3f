// Comfort for C++ over the generated header: texts as std::string_view.
#ifndef GAUNTLET_HPP
#define GAUNTLET_HPP

#include <string_view>
#include "../c/gauntlet.h"

namespace gauntlet {

inline gauntlet_errno log(gauntlet_log_level level, std::string_view message) {
  return gauntlet_log_write(level, message.data(), message.size());
}

inline gauntlet_errno metric(gauntlet_metric_kind kind, std::string_view name, double value, std::string_view unit) {
  return gauntlet_metric_record(kind, name.data(), name.size(), value, unit.data(), unit.size());
}

inline gauntlet_errno report(gauntlet_result_status status, double value, std::string_view unit, std::string_view message) {
  return gauntlet_result_report(status, value, unit.data(), unit.size(), message.data(), message.size());
}

inline gauntlet_errno timing(std::string_view name, uint64_t nanoseconds) {
  return gauntlet_result_timing(name.data(), name.size(), nanoseconds);
}

inline gauntlet_errno certificate(std::string_view host, uint32_t port, uint32_t timeout_ms, gauntlet_certificate &into) {
  return gauntlet_tls_certificate(host.data(), host.size(), port, timeout_ms, &into);
}

}  // namespace gauntlet

#endif
