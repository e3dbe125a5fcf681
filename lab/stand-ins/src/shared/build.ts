/** What the answers say about the build; the version is that of the recorded program, the rest is honest. */
export const build = {
  version: '1.12.0',
  date: '2026-11-22 00:00:00 UTC',
  time: 1795305600,
  user: 'ci-cluster',
  gitSha: '0000000000000000000000000000000000000000',
  gitBranch: 'refs/heads/stand-in',
} as const;

/** As `/version` and `/state` spell it. */
export const buildFields = {
  version: build.version,
  git_sha: build.gitSha,
  git_branch: build.gitBranch,
  build_date: build.date,
  build_time: build.time,
  build_user: build.user,
} as const;
