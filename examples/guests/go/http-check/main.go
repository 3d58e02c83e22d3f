// A probe in Go: whether a URL answers, and how fast. Arguments: URL, then the status that is expected (any below 400). Without arguments the
// target is the environment variable TARGET.
package main

import (
	"math"
	"os"
	"strconv"
	"time"

	"gauntlet.example/gauntlet"
)

const timeoutMs = 10_000

func report(status gauntlet.ResultStatus, milliseconds float64, message string) {
	level := gauntlet.LogLevelInfo
	if status != gauntlet.ResultStatusOk {
		level = gauntlet.LogLevelError
	}
	gauntlet.LogWrite(level, message)
	gauntlet.ResultReport(status, milliseconds, "ms", message)
}

func milliseconds(duration time.Duration) float64 {
	return float64(duration) / float64(time.Millisecond)
}

// readBody reads the body to its end and tells its length.
func readBody(response uint32) (int, gauntlet.Errno) {
	var buffer [16 * 1024]byte
	for length := 0; ; {
		var used uint32
		if errno := gauntlet.HTTPBody(response, &buffer[0], uint32(len(buffer)), &used); errno != gauntlet.ErrnoSuccess || used == 0 {
			return length, errno
		}
		length += int(used)
	}
}

func main() {
	target := os.Getenv("TARGET")
	if len(os.Args) > 1 {
		target = os.Args[1]
	}
	expected := 0
	if len(os.Args) > 2 {
		expected, _ = strconv.Atoi(os.Args[2])
	}
	if target == "" {
		report(gauntlet.ResultStatusUnknown, math.NaN(), "usage: URL [STATUS]")
		return
	}

	started := time.Now()
	var response, status uint32
	errno := gauntlet.HTTPRequest("GET", target, "Accept: */*\n", nil, 0, timeoutMs, &response)
	head := time.Since(started)
	if errno == gauntlet.ErrnoSuccess {
		errno = gauntlet.HTTPStatus(response, &status)
	}
	length := 0
	if errno == gauntlet.ErrnoSuccess {
		length, errno = readBody(response)
		gauntlet.HTTPClose(response)
	}
	whole := time.Since(started)

	switch errno {
	case gauntlet.ErrnoSuccess:
	case gauntlet.ErrnoAcces, gauntlet.ErrnoNotcapable:
		// What the policy does not grant says nothing about the service.
		report(gauntlet.ResultStatusUnknown, math.NaN(), target+": refused by the policy ("+errno.Error()+")")
		return
	default:
		report(gauntlet.ResultStatusCritical, math.NaN(), target+": no answer ("+errno.Error()+")")
		return
	}

	gauntlet.ResultTiming("head", uint64(head))
	gauntlet.ResultTiming("body", uint64(whole-head))
	gauntlet.MetricRecord(gauntlet.MetricKindHistogram, "http.duration", milliseconds(whole), "ms")
	gauntlet.MetricRecord(gauntlet.MetricKindGauge, "http.body", float64(length), "B")

	message := target + ": status " + strconv.Itoa(int(status)) + ", " + strconv.Itoa(length) + " bytes"
	good := status < 400
	if expected != 0 {
		good = int(status) == expected
	}
	if good {
		report(gauntlet.ResultStatusOk, milliseconds(whole), message)
	} else {
		report(gauntlet.ResultStatusCritical, milliseconds(whole), message)
	}
}
