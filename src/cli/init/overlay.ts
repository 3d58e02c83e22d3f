// An overlay to begin with: a control, a threat and a decision of one's own host, each as an example to be replaced.

export const OVERLAY_FILE = 'gauntlet-overlay.yaml'

/** @param today a day such as 2026-01-31, and one some months later */
export const overlayTemplate = (
  today: string,
  later: string,
): string => `# What your own host adds to the threat model of the gauntlet, and leaves out of it. Written by "gauntlet init"; replace the examples.
# Check it:  gauntlet threats lint ${OVERLAY_FILE}
# Use it:    gauntlet fuzz --target ./my-host.ts --overlay ${OVERLAY_FILE}
overlay: Our plugin host

# Your controls: what answers threats in your host, and where it is. Without a path it counts as not built yet.
controls:
  - id: plugin-allow-list
    title: Allow-list of plugins
    description: Only modules whose digest is on our list are loaded.
    paths:
      - src/plugins/allow-list.ts

# Where something of yours meets something that it must not trust. Threats of a boundary begin with its group.
boundaries:
  - id: plugin-store
    group: PLG
    title: Plugin store
    description: Where a plugin of a customer is looked up and handed to the host.
    between: [guest-author, host]
    assets: [module-identity]
flows:
  - id: plugin-lookup
    title: A plugin is looked up
    description: The name of a plugin goes to the store, and its bytes come back.
    from: guest-author
    to: host
    boundary: plugin-store
    assets: [module-identity]

# Your threats, beside those that the gauntlet brings along. One that no attack names stays "not run" in every report.
threats:
  - boundary: plugin-store
    id: PLG-01
    title: A plugin of another customer is loaded
    stride: [spoofing]
    cwe: [CWE-863]
    severity:
      vector: CVSS:4.0/AV:N/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:N/SC:N/SI:N/SA:N
      because: Whoever may upload plugins runs code with another customer's grants.
    description: The host looks a plugin up by name alone, and two customers have one of the same name.
    requirement: A plugin is looked up by customer and digest.
    detection: A plugin that is only another customer's answers.
    falsePositives: A plugin that both customers have bought.
    needs: any
    provenance: [our own review]
    evidence: [memory]
    controls: [plugin-allow-list]

# Threats that do not exist on your host. They stand in the report as not applicable, with the reason.
switchOff:
  - threat: NET-01
    reason: The host gives plugins no network at all.

# Which of your controls answer a threat of the gauntlet's, instead of those of its own sandbox.
map:
  - threat: LNK-01
    controls: [plugin-allow-list]

# Decisions about risks. A finding that one in force covers does not fail the run; one that has expired fails it.
risks:
  - id: output-is-not-limited-yet
    threat: OUT-01
    status: in-discussion
    reason: Plugins come from our own teams only, until the store opens.
    owner: plugin-team@example.org
    ticket: PLUGINS-17
    date: ${today}
    expires: ${later}
`
