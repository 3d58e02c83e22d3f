// The nightly workflow for GitHub Actions: on one machine, or shared among several and joined.
import { parseBudget } from '../../campaign/budget.ts'
import { uses } from './actions.ts'
import { CRON, fuzzCommand, MARGIN_MINUTES, type NightlyPlan, NODE } from './plan.ts'

export const githubWorkflow = (plan: NightlyPlan): string => (plan.shards > 1 ? onSeveral(plan) : onOne(plan))

const minutes = ({ budget }: NightlyPlan): number => Math.ceil(parseBudget(budget) / 60_000) + MARGIN_MINUTES

const head = (first: string): string => `# ${first}
# Written by "gauntlet init"; docs/nightly.md says what it does. Actions are pinned to commits: let a bot raise them.
name: gauntlet
on:
  schedule:
    - cron: '${CRON}'
  workflow_dispatch:
permissions:
  contents: read
# Two runs at a time would tell of the same finding twice.
concurrency:
  group: gauntlet
jobs:`

/** The permissions of the job that tells of findings. */
const TELLING = `    permissions:
      contents: read
      # The code-scanning page.
      security-events: write
      # The issue about new findings.
      issues: write`

const SETUP = `      - uses: ${uses('actions/checkout')}
        with:
          persist-credentials: false
      - uses: ${uses('actions/setup-node')}
        with:
          node-version: ${NODE}
          cache: npm
      - run: npm ci`

/** A cache cannot be written twice under one key, so each run writes its own and takes the newest that there is. */
const cache = (
  action: 'restore' | 'save',
  paths: readonly string[],
  condition = '',
): string => `      - ${condition}uses: ${uses('actions/cache', action)}
        with:
          path: |
${paths.map((path) => `            ${path}`).join('\n')}
          key: gauntlet-\${{ github.run_id }}-\${{ github.run_attempt }}${action === 'restore' ? '\n          restore-keys: gauntlet-' : ''}`

const ALWAYS = `if: always()
        `

/** What is done with a report, also and above all if something was found. */
const telling = (directory: string): string => `      - if: always()
        run: cat ${directory}/report.md >> "$GITHUB_STEP_SUMMARY"
      # Needs code scanning, which private repositories may not have.
      - if: always()
        continue-on-error: true
        uses: ${uses('github/codeql-action', 'upload-sarif')}
        with:
          sarif_file: ${directory}/findings.sarif
          category: gauntlet
      - if: always()
        uses: ${uses('actions/upload-artifact')}
        with:
          name: report
          path: ${directory}/
      - id: tell
        if: always()
        run: echo "count=$(node -p "JSON.parse(fs.readFileSync('${directory}/summary.json')).notify.length")" >> "$GITHUB_OUTPUT"
      # One finding, one issue, until it is fixed. Whatever else you want to be told by goes here; it gets the same file.
      - if: always() && steps.tell.outputs.count > 0
        env:
          GH_TOKEN: \${{ github.token }}
          COUNT: \${{ steps.tell.outputs.count }}
          PAGE: \${{ github.server_url }}/\${{ github.repository }}/actions/runs/\${{ github.run_id }}
        run: |
          { echo "The report is at $PAGE"; echo '\`\`\`json'; cat ${directory}/summary.json; echo '\`\`\`'; } > notify.md
          gh issue create --title "gauntlet: $COUNT new findings" --body-file notify.md`

function onOne(plan: NightlyPlan): string {
  // The index of earlier runs is enough to compare with them; their reports are kept as artifacts.
  const kept = ['corpora', 'reports/history.db']
  return `${head('A run of the gauntlet every night, compared with the one before.')}
  nightly:
    runs-on: ubuntu-24.04
    timeout-minutes: ${minutes(plan)}
${TELLING}
    steps:
${SETUP}
${cache('restore', kept)}
      - run: >-
          ${fuzzCommand(plan)}
          --fail-on new
          --corpora corpora
          --reports reports
${cache('save', kept, ALWAYS)}
${telling('reports/latest')}
`
}

function onSeveral(plan: NightlyPlan): string {
  const kept = ['corpora', 'history']
  const numbers = Array.from({ length: plan.shards }, (_, index) => index + 1).join(', ')
  const build = plan.checkout ? '\n      - run: npm run build:fuzz' : ''
  const overlay = plan.overlay === null ? '' : ` --overlay ${plan.overlay}`
  return `${head(`A run of the gauntlet every night on ${plan.shards} machines, joined into one report and compared with the one before.`)}
  plan:
    runs-on: ubuntu-24.04
    outputs:
      seed: \${{ steps.seed.outputs.seed }}
    steps:
      # All shards need the same seed; a run that is started again gets the same one again.
      - id: seed
        run: echo "seed=$GITHUB_RUN_NUMBER" >> "$GITHUB_OUTPUT"
  shard:
    needs: plan
    runs-on: ubuntu-24.04
    timeout-minutes: ${minutes(plan)}
    strategy:
      # What one shard finds must not end the others.
      fail-fast: false
      matrix:
        shard: [${numbers}]
    steps:
${SETUP}
${cache('restore', kept)}
      - run: >-
          ${fuzzCommand(plan)}
          --shard \${{ matrix.shard }}/${plan.shards}
          --seed \${{ needs.plan.outputs.seed }}
          --corpora corpora
          --reports reports
      - if: always()
        uses: ${uses('actions/upload-artifact')}
        with:
          name: shard-\${{ matrix.shard }}
          path: reports/latest/
          if-no-files-found: ignore
  merge:
    needs: [plan, shard]
    if: always()
    runs-on: ubuntu-24.04
${TELLING}
    steps:
${SETUP}${build}
${cache('restore', kept)}
      - uses: ${uses('actions/download-artifact')}
        with:
          pattern: shard-*
          path: shards
      # A shard that is missing stands in the report as not run, and makes this step fail.
      - run: npx gauntlet merge shards/* --out joined --history history${overlay}
      # A cache is found again only under the paths that it was saved from.
      - if: always()
        run: if [ -d joined/corpora ]; then rm -rf corpora; mv joined/corpora corpora; fi
${cache('save', kept, ALWAYS)}
${telling('joined')}
`
}
