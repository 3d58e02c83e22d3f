// The nightly job for GitLab CI, in a file of its own that .gitlab-ci.yml includes.
import { parseBudget } from '../../campaign/budget.ts'
import { fuzzCommand, MARGIN_MINUTES, type NightlyPlan, NODE } from './plan.ts'

export const GITLAB_FILE = '.gitlab/gauntlet.yml'

export const gitlabJob = (
  plan: NightlyPlan,
): string => `# A run of the gauntlet every night, compared with the one before. Written by "gauntlet init"; docs/nightly.md says what it does.
# In .gitlab-ci.yml:    include: ${GITLAB_FILE}
# and under Build > Pipeline schedules a schedule, such as every night at 2:17.
gauntlet:
  image: node:${NODE}-bookworm
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule"
  timeout: ${Math.ceil(parseBudget(plan.budget) / 60_000) + MARGIN_MINUTES} minutes
  # Two runs at a time would tell of the same finding twice.
  resource_group: gauntlet
  # The index of earlier runs is enough to compare with them; their reports are kept as artifacts.
  cache:
    key: gauntlet
    when: always
    paths:
      - corpora/
      - reports/history.db
  script:
    - npm ci
    - >-
      ${fuzzCommand(plan)}
      --fail-on new
      --corpora corpora
      --reports reports
  # One finding, one alert, until it is fixed. Whatever else you want to be told by goes here; it gets the same file.
  after_script:
    - |
      if node -e "process.exit(JSON.parse(fs.readFileSync('reports/latest/summary.json')).notify.length > 0 ? 0 : 1)" && [ -n "$GAUNTLET_WEBHOOK" ]; then
        curl --fail --silent --show-error --header 'Content-Type: application/json' --data @reports/latest/summary.json "$GAUNTLET_WEBHOOK"
      fi
  artifacts:
    when: always
    expire_in: 90 days
    # Not "latest", which is a link to one of them.
    paths:
      - reports/2*/
    reports:
      junit: reports/2*/junit.xml
`
