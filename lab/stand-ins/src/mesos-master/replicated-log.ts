import type { Clock } from '../shared/clock.ts';
import type { Entry, Replica, ReplicaAnswer, ReplicaRequest } from './replica.ts';

export interface LogOptions {
  readonly replica: Replica;
  readonly quorum: number;
  readonly autoInitialize: boolean;
  readonly clock: Clock;
  /** The other replicas of the group, by whatever `ask` understands. */
  readonly peers: () => readonly string[];
  readonly ask: (peer: string, request: ReplicaRequest) => Promise<ReplicaAnswer>;
  readonly say: (text: string) => void;
}

const retryMs = 500;

/** The group of replicas as the leading master uses it. */
export class ReplicatedLog {
  readonly #options: LogOptions;
  #proposal = 0;
  #position = 0;
  #said: string | undefined;
  #stopped = false;

  constructor(options: LogOptions) {
    this.#options = options;
  }

  /** Own replica votes; `registrar/log/recovered`. */
  get recovered(): boolean {
    return this.#options.replica.state.status === 'VOTING';
  }

  get ensembleSize(): number {
    return this.#options.peers().length + 1;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Goes on in the background until the own replica may vote. */
  recover(): void {
    if (this.#stopped || this.recovered) return;
    this.#sayStatus();
    void this.#recoverOnce().then(() => {
      this.#options.clock.after(retryMs, () => {
        this.recover();
      });
    });
  }

  #sayStatus(): void {
    const { status } = this.#options.replica.state;
    if (status === this.#said) return;
    this.#said = status;
    this.#options.say(`Replica is in ${status} status`);
  }

  async #recoverOnce(): Promise<void> {
    const { replica, quorum } = this.#options;
    const others = await this.#askAll({ kind: 'look' });
    const voting = others.filter(({ status }) => status === 'VOTING');
    // A quorum of voters without us exists only where the own copy was lost: catch up from them.
    if (voting.length >= quorum) {
      const promised = Math.max(...voting.map((answer) => answer.promised));
      replica.adopt({ status: 'VOTING', promised, entry: latest(voting) });
      return;
    }
    if (this.#options.autoInitialize) this.#initialize([replica.state, ...others]);
  }

  /** A new log starts only when all 2·quorum−1 replicas are seen together: EMPTY → STARTING → VOTING. */
  #initialize(all: readonly { readonly status: string }[]): void {
    const { replica, quorum } = this.#options;
    if (all.length < 2 * quorum - 1) return;
    const { status } = replica.state;
    const wanted = status === 'EMPTY' ? ['EMPTY', 'STARTING'] : ['STARTING', 'VOTING'];
    if (!all.every((one) => wanted.includes(one.status))) return;
    replica.adopt({ ...replica.state, status: status === 'EMPTY' ? 'STARTING' : 'VOTING' });
  }

  /** Becomes the writer and returns the last value; `undefined` when no quorum of voters answered. */
  async open(): Promise<{ readonly value: string | undefined } | undefined> {
    const known = Math.max(this.#proposal, this.#options.replica.state.promised);
    this.#proposal = known + 1;
    const answers = await this.#everyone({ kind: 'promise', proposal: this.#proposal });
    this.#proposal = Math.max(this.#proposal, ...answers.map(({ promised }) => promised));
    const promises = answers.filter(({ accepted }) => accepted);
    if (promises.length < this.#options.quorum) return undefined;
    const entry = latest(promises);
    this.#position = entry?.position ?? 0;
    return { value: entry?.value };
  }

  /** Whether a quorum has it. */
  async append(value: string): Promise<boolean> {
    this.#position += 1;
    const entry = { proposal: this.#proposal, position: this.#position, value };
    const answers = await this.#everyone({ kind: 'write', entry });
    return answers.filter(({ accepted }) => accepted).length >= this.#options.quorum;
  }

  /** Own and others' answers, as soon as a quorum agrees: a lost host must not slow every write down. */
  #everyone(request: ReplicaRequest): Promise<ReplicaAnswer[]> {
    const answers = [this.#options.replica.answer(request)];
    const agreed = () => answers.filter(({ accepted }) => accepted).length >= this.#options.quorum;
    if (agreed()) return Promise.resolve(answers);
    return new Promise((resolve) => {
      const asked = this.#ask(request).map((answer) =>
        answer.then((one) => {
          answers.push(one);
          if (agreed()) resolve([...answers]);
        }),
      );
      void Promise.allSettled(asked).then(() => {
        resolve([...answers]);
      });
    });
  }

  async #askAll(request: ReplicaRequest): Promise<ReplicaAnswer[]> {
    const answers = await Promise.allSettled(this.#ask(request));
    return answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }

  #ask(request: ReplicaRequest): Promise<ReplicaAnswer>[] {
    return this.#options.peers().map((peer) => this.#options.ask(peer, request));
  }
}

function latest(answers: readonly ReplicaAnswer[]): Entry | undefined {
  return answers
    .flatMap(({ entry }) => (entry === undefined ? [] : [entry]))
    .sort((a, b) => b.proposal - a.proposal || b.position - a.position)[0];
}
