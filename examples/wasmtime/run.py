#!/usr/bin/env python3
"""Runs a guest of gauntlet_v1 under wasmtime with the limits of a policy file: run.py POLICY MODULE [ARGUMENT...].

What wasmtime can enforce of the policy is enforced; what it cannot is said on standard error, before the guest starts. Needs `pip install wasmtime`
(tried with 50.0.1). Works from the project's folder, because the mounts of the policy are relative to it.
"""
import json
import struct
import sys
import threading

from wasmtime import Config, Engine, ExitTrap, Func, FuncType, Linker, Module, Store, Trap, ValType, WasiConfig, WasmtimeError

# Quotas by what stands for them here. Those of NOT_ENFORCED have no counterpart in wasmtime's API for preview 1.
ENFORCED = {"fuel", "wallClockMs", "memoryBytes", "tableElements"}
NOT_ENFORCED = {"handles"}

STATUS = ["ok", "warning", "critical", "unknown"]
LEVEL = ["debug", "info", "warning", "error"]
I32, I64, F64 = ValType.i32(), ValType.i64(), ValType.f64()
OK, FAULT = 0, 21


def reports(store, linker):
    """The four calls of gauntlet_v1 that probes report through: printed, with the guest's text quoted."""

    def text(caller, at, length):
        data = caller["memory"].read(caller, at & 0xFFFFFFFF, (at & 0xFFFFFFFF) + (length & 0xFFFFFFFF))
        if len(data) != length & 0xFFFFFFFF:
            raise IndexError
        return json.dumps(data.decode("utf-8"))

    def define(name, types, line):
        def call(caller, *values):
            try:
                print("wasmtime:", line(lambda at, length: text(caller, at, length), *values), file=sys.stderr)
            except (IndexError, UnicodeDecodeError):
                return FAULT
            return OK

        linker.define(store, "gauntlet_v1", name, Func(store, FuncType(types, [I32]), call, access_caller=True))

    define("log_write", [I32, I32, I32], lambda t, level, at, n: f"log ({LEVEL[level]}): {t(at, n)}")
    define("metric_record", [I32, I32, I32, F64, I32, I32], lambda t, kind, at, n, value, u, un: f"metric: {t(at, n)} {value:g}")
    define("result_timing", [I32, I32, I64], lambda t, at, n, nanoseconds: f"timing: {t(at, n)}")
    define(
        "result_report",
        [I32, F64, I32, I32, I32, I32],
        lambda t, status, value, u, un, at, n: f"result: {STATUS[status]} {value:g} {t(u, un)} {t(at, n)}",
    )


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        policy = json.load(file)
    quotas = policy["quotas"]
    unknown = set(quotas) - ENFORCED - NOT_ENFORCED
    if unknown:
        sys.exit(f"this script does not know the quotas {', '.join(sorted(unknown))}")
    weaker = sorted(NOT_ENFORCED & set(quotas)) + ["capabilities.clock.granularityNs", "and all that the profile sets beside them"]
    print(f"wasmtime: not enforced: {', '.join(weaker)}", file=sys.stderr)

    config = Config()
    config.consume_fuel = True
    config.epoch_interruption = True
    engine = Engine(config)
    store = Store(engine)
    store.set_fuel(quotas["fuel"])
    # Each memory and each table; the policy counts all of a module together, and the probe has one of each.
    store.set_limits(memory_size=quotas["memoryBytes"], table_elements=quotas["tableElements"], memories=1, tables=1, instances=1)
    wasi = WasiConfig()
    wasi.argv = sys.argv[2:]
    wasi.inherit_stdout()
    for mount in policy["capabilities"]["fs"]["mounts"]:
        wasi.preopen_dir(mount["source"], mount["at"], mount["writable"])
    store.set_wasi(wasi)
    linker = Linker(engine)
    linker.define_wasi()
    reports(store, linker)

    module = Module.from_file(engine, sys.argv[2])
    store.set_epoch_deadline(1)
    clock = threading.Timer(quotas["wallClockMs"] / 1000, engine.increment_epoch)
    clock.daemon = True
    clock.start()
    try:
        linker.instantiate(store, module).exports(store)["_start"](store)
        code = 0
    except ExitTrap as end:
        code = end.code
    except Trap as trap:
        print(f"wasmtime: {trap.trap_code.name.lower().replace('_', ' ')}", file=sys.stderr)
        code = 1
    except WasmtimeError as error:
        # A limit that the module exceeds before it runs, an import that nobody offers.
        sys.exit(f"wasmtime: {str(error).splitlines()[0]}")
    finally:
        clock.cancel()
    print(f"wasmtime: fuel used: {quotas['fuel'] - store.get_fuel()}", file=sys.stderr)
    sys.exit(code)


main()
