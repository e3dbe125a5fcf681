/** A test that keeps a bug of another tool from becoming one of ours. */
export interface Guarding {
  /** Below `test/`. */
  readonly file: string;
  /** Its title as it stands in the file. */
  readonly test: string;
}

export interface OthersBug {
  readonly number: number;
  readonly prevents: string;
  /** Tools that had it. */
  readonly seenIn: string;
  readonly tests: readonly Guarding[];
}

const at =
  (file: string) =>
  (...titles: readonly string[]): Guarding[] =>
    titles.map((test) => ({ file: `${file}.test.ts`, test }));

const init = at('unit/commands/init');
const peers = at('unit/peers/init');
const wire = at('unit/peers/on-the-wire');
const stage = at('unit/run/stage-script');
const lockScript = at('unit/run/lock/lock-script');
const locking = at('unit/commands/locking');
const resume = at('unit/commands/resume');
const owed = at('unit/commands/owed');
const transport = at('unit/adapters/ssh/transport-faults');

/** The thirty, in the words of what they prevent. */
export const othersBugs: readonly OthersBug[] = [
  {
    ...{ number: 1, seenIn: 'k0sctl', prevents: 'a batch of 10 % of 40 hosts that is not 4' },
    tests: at('unit/plan/rollout')('go one first, then a tenth at once: of forty, four'),
  },
  {
    ...{ number: 2, seenIn: 'k0sctl', prevents: 'a step that runs after a failed one' },
    tests: stage('the first step that fails ends the script'),
  },
  {
    ...{ number: 3, seenIn: 'k0sctl', prevents: 'a change without the lock' },
    tests: lockScript('a stage without the lock changes nothing'),
  },
  {
    ...{ number: 4, seenIn: 'TiUP', prevents: 'an undo that is declared and was never run' },
    tests: [
      ...owed(
        'what a step takes away is owed before it begins, and settled when it was given back',
        'builds that a dead run paused start again, a trial app that it left is removed',
      ),
      ...stage(
        'the old container comes back when the new one exits',
        'a daemon.json that Docker refuses is taken back',
      ),
    ],
  },
  {
    ...{ number: 5, seenIn: 'TiUP', prevents: 'a record that dies with the process' },
    tests: [
      ...resume(
        'resume goes on with a run whose process was killed',
        'a record with a torn last line is read up to it',
      ),
      ...at('faults/kill')(
        'killed at any moment, the next run makes the same hosts as one that was never killed',
      ),
    ],
  },
  {
    ...{ number: 6, seenIn: 'TiUP', prevents: 'words that a shell on the way takes apart' },
    tests: wire('bug 6: $HOME, backticks, quotes, newlines and other letters pass sudo unchanged'),
  },
  {
    ...{ number: 7, seenIn: 'TiUP, RKE', prevents: 'more handshakes than hosts' },
    tests: init('init opens one connection to each host and closes it'),
  },
  {
    ...{ number: 8, seenIn: 'RKE', prevents: 'a pull that failed and counts as done' },
    tests: [
      ...peers(
        'bug 8: a pull that the registry limits is a failure, with advice against the limit',
      ),
      ...stage('an image is pulled once; one that cannot be pulled shows why'),
    ],
  },
  {
    ...{ number: 9, seenIn: 'RKE', prevents: 'a host without the old and the new container' },
    tests: stage(
      'the old container comes back when the new one exits',
      'the old container comes back when the new one does not listen',
    ),
  },
  {
    ...{ number: 10, seenIn: 'RKE', prevents: 'one healthy member of three taken for enough' },
    tests: at('unit/health/gates')('one healthy member of three is not enough'),
  },
  {
    ...{ number: 11, seenIn: 'RKE', prevents: 'hosts that are skipped without a word' },
    tests: init('init with an unreachable agent changes nothing and exits with 4'),
  },
  {
    ...{ number: 12, seenIn: 'RKE', prevents: 'a mistyped key that is ignored' },
    tests: peers(
      'bug 12: an unknown key is refused with its path and the name that was probably meant',
    ),
  },
  {
    ...{ number: 13, seenIn: 'patronictl, Nomad', prevents: 'success told of what is unhealthy' },
    tests: at('unit/commands/status')(
      'an unreachable host beside something broken: exit code 6',
      'an unreachable host is the only fault: exit code 4, and the rest is shown',
    ),
  },
  {
    ...{ number: 14, seenIn: 'pyinfra', prevents: 'an interrupted run that ends with 0' },
    tests: resume(
      'Ctrl-C stops every host at its next step, and tells what is done, left and to type: exit 130',
      'TERM has its own exit code, in the document, too',
    ),
  },
  {
    ...{
      number: 15,
      seenIn: 'Kamal, Deployer',
      prevents: 'a lock that stays when its run is gone',
    },
    tests: [
      ...lockScript(
        'the end of its input gives the lock back: nobody is left when the CLI is killed',
        'a holder that hears nothing any more gives it back',
      ),
      ...at('faults/lock')(
        'after Ctrl-C and after SIGKILL the lock is free as soon as the step that ran has ended',
      ),
    ],
  },
  {
    ...{ number: 16, seenIn: 'Kamal', prevents: 'two who each hold some of the hosts' },
    tests: [
      ...locking(
        'a call to a service alone needs the locks of a majority of the masters',
        'a loser whose lock somebody else has got cannot write',
      ),
    ],
  },
  {
    ...{ number: 17, seenIn: 'cephadm', prevents: 'a round trip for each file' },
    tests: peers(
      'bug 17: all files and steps of a host in a stage are one command, however many they are',
    ),
  },
  {
    ...{ number: 18, seenIn: 'Kamal, TiUP', prevents: 'a secret in a command line, log or record' },
    tests: at('faults/secrets')(
      'bug 18: a password is on no command line, in no output, record or container of a whole run',
    ),
  },
  {
    ...{ number: 19, seenIn: 'TiUP', prevents: 'text where JSON was asked for' },
    tests: at('unit/peers/json')(
      'bug 19: with --json stdout is one JSON document from every command, also for errors and refusals: %s',
    ),
  },
  {
    ...{ number: 20, seenIn: 'Kubespray, Talos, kOps', prevents: 'a host that stays drained' },
    tests: owed(
      'what a dead run took away is given back by resume, before anything else',
      'what cannot be given back because its host has gone from the file is told',
    ),
  },
  {
    ...{ number: 21, seenIn: 'k0sctl', prevents: 'another try at a host whose key has changed' },
    tests: [
      ...at('unit/adapters/ssh/host-key')(
        'a changed key is shown with both fingerprints, and nothing is sent',
      ),
      ...init('a host whose key has changed stops the run, also with --skip-unreachable'),
    ],
  },
  {
    ...{ number: 22, seenIn: 'k0sctl', prevents: 'the key of a bastion taken for that of a host' },
    tests: at('unit/adapters/ssh/connections')(
      'the key of a host behind a bastion is verified, too',
    ),
  },
  {
    ...{ number: 23, seenIn: 'k0sctl', prevents: 'one of two private addresses that is guessed' },
    tests: peers(
      'bug 23: a host without service address is refused; none is guessed from those that it has',
    ),
  },
  {
    ...{ number: 24, seenIn: 'many', prevents: 'a second run that finds something to change' },
    tests: at('unit/plan/saved-plan')(
      'bug 24: whatever the cluster file says, a plan that was applied leaves an empty plan',
    ),
  },
  {
    ...{ number: 25, seenIn: 'openship', prevents: 'channels that are never closed' },
    tests: wire('bug 25: a thousand operations leave no channel open, whatever became of them'),
  },
  {
    ...{ number: 26, seenIn: 'Kamal', prevents: 'keys offered until sshd has enough of them' },
    tests: transport(
      'the key is refused: one attempt, and the answer names user, key and what sshd accepts',
    ),
  },
  {
    ...{ number: 27, seenIn: 'Kamal', prevents: 'a command that hangs for ever' },
    tests: transport('the command starts and says nothing: the result is unknown in time'),
  },
  {
    ...{ number: 28, seenIn: 'RKE', prevents: 'one host without power that stops all others' },
    tests: init('init with --skip-unreachable sets up the others, and says so by exiting with 4'),
  },
  {
    ...{ number: 29, seenIn: 'k0sctl', prevents: 'deletion of what left the cluster file' },
    tests: peers(
      'bug 29: a host that is taken out of the cluster file is left alone, with all that runs there',
    ),
  },
  {
    ...{ number: 30, seenIn: 'many', prevents: 'an old plan that is carried out' },
    tests: at('unit/commands/apply')('bug 30: an old plan is refused: %s'),
  },
];
