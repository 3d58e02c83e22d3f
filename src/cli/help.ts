// Help texts below the lists of options: examples that work as they stand, and the exit codes of each command.

export const PROGRAM_HELP = `
Examples:
  gauntlet run examples/hello.wat                  run a module under the policy "default"
  gauntlet inspect examples/hello.wat              what it imports, and whether it would be admitted
  gauntlet threats LNK-01                          one threat in full
  gauntlet fuzz --budget 2m                        attack the sandbox and write a report

Exit codes: docs/exit-codes.md. Each command's own help names those that it uses.`

export const RUN_HELP = `
Examples:
  gauntlet run examples/hello.wat
  gauntlet run examples/add.wat --entry add --arg 40 --arg 2
  gauntlet run guest.wasm --arg --verbose --env LANG=C --stdin input.txt
  gauntlet run guest.wasm --policy strict --timeout 500ms --memory 16MiB --json
  generate | gauntlet run filter.wasm --stdin - > result.bin
  gauntlet run tool.wasm --dir ./project::/project -- --fix /project/main.c
  gauntlet run tool.wasm --snapshot ./project::/project --out ./changed -- /project
  gauntlet run probe.wasm --save-snapshot warm.snapshot --entry warm_up
  gauntlet run probe.wasm --from warm.snapshot --entry check
  gauntlet run probe.wasm --allow-http https://example.org --consent consents.json --audit audit

Output goes through byte for byte, or with its control characters spelt out if it goes to a terminal.

Exit codes:
  0-255  the guest's own code (modulo 256), if it exited; 0 if it returned
  124    wall-clock-limit, cpu-limit       126  refused: it did not pass admission
  130    interrupted (Ctrl-C)              134  trapped, uncaught-exception
  137    memory-limit, output-limit,       143  terminated
         host-call-limit
  64     the command line is wrong         66   the module or the input cannot be read
  70     sandbox-fault                     75   jail-lost
  77     consent was refused               78   the policy is not valid
  2      the audit log (--audit) could not be written to the end`

export const AUDIT_HELP = `
Examples:
  gauntlet audit verify audit --key audit.pub
  gauntlet audit verify audit --anchor /elsewhere/audit.anchor
  gauntlet audit verify archive/audit-00000001.jsonl audit
  gauntlet audit show audit --decision denied --since 2h
  gauntlet audit show audit --type guest-ended --json

A log is a directory with segments (audit-00000001.jsonl and so on); segments that were moved away can be named one by one, in order.

Exit codes:
  0   verify: the log is intact; show: done
  1   verify: it is not, and the first bad record is named
  64  the command line is wrong        66  the log, the key or the anchor cannot be read`

export const CONSENT_HELP = `
Examples:
  gauntlet consent list --consent consents.json
  gauntlet consent revoke example/probe --consent consents.json

Exit codes: 0; 64 if there is nothing to revoke; 66 if the file cannot be used.`

export const KEYGEN_HELP = `
Examples:
  gauntlet keygen alice
  gauntlet keygen alice --out ~/keys

Whoever has the secret key can sign in your name. Keep it where only you can read it, or in an encrypted folder.

Exit codes: 0; 64 if the name cannot be used; 66 if a file is there already or cannot be written.`

export const SIGN_HELP = `
Examples:
  gauntlet sign probe.wasm --key alice.secret.key --out probe.wasm
  gauntlet sign probe.wasm --key alice.secret.key --out probe.sig --detached

Sign as the last step of a build: every other tool makes the signatures invalid.

Exit codes: 0; 64 if the command line is wrong; 66 if the module or the key cannot be used.`

export const VERIFY_HELP = `
Examples:
  gauntlet verify probe.wasm --key alice.public.key
  gauntlet verify probe.wasm --key alice.public.key --key bob.public.key --required 1
  gauntlet verify probe.wasm --policy production.yaml

Exit codes:
  0    signed as required   1   not signed so: a signature is missing, invalid or not trusted, or the module revoked
  64   the command line is wrong   66  the module or a key cannot be read   78  the policy is not valid`

export const ATTEST_HELP = `
Examples:
  gauntlet attest sign reports/latest --key ci.secret.key
  gauntlet attest verify reports/latest --key ci.public.key
  gauntlet attest verify reports/latest --policy auditors.yaml --json
  gauntlet fuzz --attest-key ci.secret.key             signs at the end of the run

That an attestation is genuine does not mean that the run passed: the line "result" says what it came to.

Exit codes:
  0    signed as required, every file is as it was, and what is claimed follows from report.json; or signed
  1    not so: the lines say what is wrong
  64   the command line is wrong   66  a file or a key cannot be read   78  the policy is not valid`

export const INSPECT_HELP = `
Examples:
  gauntlet inspect guest.wasm
  gauntlet inspect guest.wasm --policy strict --json

Exit codes:
  0    admitted             126  refused
  64   the command line is wrong   66  the module cannot be read   78  the policy is not valid`

export const THREATS_HELP = `
Examples:
  gauntlet threats
  gauntlet threats CTL-01
  gauntlet threats --boundary linking --json
  gauntlet threats lint                            the project's threat model
  gauntlet threats lint my-host.yaml               an overlay for your own host (docs/threat-model.md)
  gauntlet threats coverage --report reports/latest --gaps
  gauntlet threats export --format threat-dragon -o model.json

Exit codes:
  0   done; lint: no problem
  1   lint: there are problems
  2   the threat model cannot be used
  64  the command line is not right, or an id does not exist        66  an overlay or a report cannot be used`

export const REPLAY_HELP = `
Examples:
  gauntlet replay corpus/LNK-01-constructor.wat
  gauntlet replay corpus/LNK-01-constructor.wat --target bare
  gauntlet replay 4be1c0a97d21                     a finding of a run in the folder "reports"
  gauntlet replay reports/latest/findings/4be1c0a97d21.json
  gauntlet replay generator:prototype-keys@17 --json

A finding's short id is enough where its report is. Its long id (case:, generator:, trial:, property:, input:), which reports give beside it, is
enough on any machine with this version of the project.

Exit codes:
  0   contained, and the twin was allowed
  1   violated
  2   undecided: the twin was not allowed, an oracle could not judge, or the target could not be opened
  64  the command line is wrong        66  the attack cannot be read`

export const COMPARE_HELP = `
Examples:
  gauntlet compare jail node:wasi browser_wasi_shim
  gauntlet compare --budget 2h
  gauntlet compare jail ./my-host.ts --only RES-01

Other hosts are packages that need not be installed; what is missing is named. The last line on standard output is the path of the page.

Exit codes:
  0    our own sandbox held, or was not among the hosts
  1    our own sandbox was violated
  2    a host could not be opened, or the gauntlet itself failed
  64   the command line is wrong       66  the corpus cannot be read
  130  interrupted; the pages have what was found so far`

export const ACCEPT_HELP = `
Examples:
  gauntlet accept 4be1c0a97d21
  gauntlet accept 4be1c0a97d21 --name import-by-another-name --title "An import by another name"
  gauntlet accept reports/latest/findings/4be1c0a97d21.json --target jail

The case is tried before it is written. Look it over: a title and "notices" in your own words say more than what was made up.

Exit codes:
  0   written: it is violated as it was found, or contained by now
  2   not written: the twin was not allowed, or the target could not be opened
  64  the command line is wrong, or a finding of this kind cannot be a case
  66  the finding cannot be read, or a case of that name is there already`

export const GENERATE_HELP = `
Examples:
  gauntlet generate                                what there is
  gauntlet generate files --seed 7 --count 20 -o attacks
  gauntlet generate two-mounts -o attacks
  gauntlet replay attacks/FSX-09-two-mounts-7.wat

Each attack is a case that "gauntlet replay" takes (a .json with its .wasm where no case can hold it); "modules" has the bytes, and their text.

Exit codes:
  0    all are written
  64   the command line is wrong       66  the folder cannot be written to
  130  interrupted; what is there is whole`

export const LOWER_HELP = `
Examples:
  gauntlet lower reports/latest/findings/4be1c0a97d21.txt
  gauntlet lower program.txt -o corpus/MEM-21-late-check.wat --threats MEM-21,MEM-02
  gauntlet replay corpus/MEM-21-late-check.wat

"run" makes all calls; "call0", "call1", ... make one each, which is how the fuzzer makes them. Say in the header what the right answers are.

Exit codes:
  0   written
  64  the command line is wrong        66  the file holds no program, or the other one cannot be written`

export const ENGINES_HELP = `
Examples:
  gauntlet engines
  gauntlet engines --engine ~/node-26/bin/node --only RES-02-memory-fill

On Bun and Deno there are no jails, which need the permissions and flags of Node: there the sandbox is tried without, beside the same on this Node.

Engines older than Node 22.18 read compiled code only: run the installed package, or "npm run test:engines" in a checkout.

The record is reports/engines.json, which the reports of later runs show. A run with --only, or one that was stopped, leaves it as it is.

Exit codes:
  0    every attack was contained on every engine
  1    one was not, or a guest outlived its end
  64   the command line is wrong       66  the corpus cannot be read
  130  interrupted; what was found so far is printed`

export const FUZZ_HELP = `
Examples:
  gauntlet fuzz
  gauntlet fuzz --budget 30m --seed 42
  gauntlet fuzz --target bare                      a host that is known not to hold
  gauntlet fuzz --target node:wasi                 a host that the gauntlet knows by name
  gauntlet fuzz --target ./my-host.ts              somebody else's host, through an adapter
  gauntlet fuzz --target ./my-host.ts --overlay my-host.yaml   the same, with what the host promises (docs/threat-model.md)
  gauntlet fuzz --seed 42 --shard 1/4              this machine's quarter of the work
  gauntlet fuzz --attest-key ci.secret.key         signs the reports (docs/attestation.md)
  gauntlet fuzz --fail-on new                      what the last complete run had left open does not decide

The last line on standard output is the path of the report. Ctrl-C ends the run with what was found so far; a second one ends it at once.

Exit codes:
  0    nothing was violated, or with --fail-on new, nothing that is new
  1    a target was violated: our own sandbox, or one that --target names
  2    the gauntlet itself failed, or a check of it did; the report says which
  64   the command line is wrong
  130  interrupted; the report has what was found so far`

export const PROVE_HELP = `
Examples:
  gauntlet prove
  gauntlet prove --only guest-memory-off-by-one
  gauntlet prove --only "snapshot-*" --threat SUP-05
  gauntlet prove --budget 30m                       begins where other days did not

The record is reports/prove.json, and prove.md for people; both are kept up to date, so that Ctrl-C loses nothing.

Exit codes:
  0    every weakening that was planted was found; what was left out for lack of time is said
  2    one was missed or could not be planted, or none was planted
  64   the command line is wrong, or no weakening fits
  66   there are no sources to weaken: an installed package has none
  130  interrupted; what was planted before was found`

export const MERGE_HELP = `
Examples:
  gauntlet merge shards/1 shards/2 shards/3 shards/4 -o joined
  gauntlet fuzz --corpora joined/corpora               goes on from the inputs of all of them

Shards must be of one commit, with the same --seed. A shard that is missing stands in the report as not run.

Exit codes:
  0    nothing was violated, and every shard is there and was run to its end
  1    a target was violated
  2    a shard is missing or was interrupted, or the gauntlet itself failed
  64   the command line is wrong       66  a run cannot be read, or does not belong to the others`

export const REPORT_HELP = `
Examples:
  gauntlet report list
  gauntlet report diff 20261122T030000Z-4be1c0 latest
  gauntlet report diff before/report.json reports/latest --json
  gauntlet report write latest --format sarif --format junit -o upload
  gauntlet report pdf latest -o report.pdf

A finding is fixed if everything that showed it was run again and held; else it is unknown. docs/nightly.md says more.
docs/report-format.md has the table of the formats.

Exit codes:
  0   done; diff: no new finding       2   a file cannot be written
  1   diff: there is a new finding about our own sandbox, or about a target that the later run was for
  64  the command line is wrong        66  a run, or the index of the runs, cannot be read
  69  pdf: there is no browser, or no playwright-core, to print with`

export const INIT_HELP = `
Examples:
  gauntlet init                                    a nightly workflow for GitHub Actions
  gauntlet init --github --shards 4                the same on four machines
  gauntlet init --gitlab --target ./my-host.ts
  gauntlet init --overlay

Nothing is replaced without --force. docs/nightly.md says what the workflows do.

Exit codes:
  0   the files are written            64  the command line is wrong
  66  a file is there already, or cannot be written`
