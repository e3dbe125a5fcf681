import { realClock, type Clock } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';
import type { MasterInfo } from '../shared/mesos.ts';
import { allocate } from './allocator.ts';
import { markRecoveredUnreachable } from './agent-loss.ts';
import type { Core, MasterSettings } from './core.ts';
import { Counters } from './counters.ts';
import type { LogRegistrar, MemoryRegistrar } from './registrar.ts';
import { ClusterState } from './state.ts';
import { Timing } from './timing.ts';

export interface MasterOptions {
  readonly info: MasterInfo;
  readonly settings: MasterSettings;
  readonly registrar: LogRegistrar | MemoryRegistrar;
  readonly agentReregisterTimeoutMs: number;
  readonly log: Log;
  readonly newUuid: () => string;
  readonly exit: (code: number) => void;
  readonly clock?: Clock;
}

/** One master process: candidate, then leader or not. It never steps down in place, it ends. */
export class Master {
  readonly core: Core;
  readonly #options: MasterOptions;
  readonly startMs: number;
  electedMs = 0;
  elected = false;
  recovered = false;
  leader: MasterInfo | undefined;

  constructor(options: MasterOptions) {
    this.#options = options;
    const { clock = realClock, log, settings, info, registrar, newUuid } = options;
    this.startMs = clock.now();
    const core: Core = {
      clock,
      log,
      settings,
      info,
      registrar,
      newUuid,
      state: new ClusterState(),
      counters: new Counters(),
      subscribers: new Set(),
      logging: { level: 0 },
      allocationTime: new Timing(),
      allocate: () => {
        if (this.recovered) allocate(core);
      },
    };
    this.core = core;
    clock.every(settings.allocationIntervalMs, () => {
      allocate(core);
    });
  }

  /** The detector's word. */
  leaderDetected(leader: MasterInfo | undefined): void {
    const { log, info } = this.#options;
    const before = this.leader;
    this.leader = leader;
    if (leader !== undefined && leader.id === before?.id) return;
    if (leader === undefined) log.info('detector.cpp:152', 'No master was elected.');
    else log.info('zookeeper.cpp:269', `A new leading master (UPID=${leader.pid}) is detected`);
    if (this.elected) this.#checkStillLeading(leader);
    else if (leader?.id === info.id) void this.#lead();
  }

  candidacyLost(): void {
    if (this.elected) this.#end(1, 'Lost candidacy as a leader... committing suicide!');
    else this.#options.log.info('master.cpp:2079', 'Lost candidacy as a follower... Contend again');
  }

  #checkStillLeading(leader: MasterInfo | undefined): void {
    if (leader === undefined) {
      this.#end(1, 'Lost leadership after indecisive election... committing suicide!');
    } else if (leader.id !== this.#options.info.id) {
      this.#end(1, 'Conceded leadership to another master... committing suicide!');
    }
  }

  #end(code: number, text: string): void {
    const { log, exit } = this.#options;
    if (code === 1) log.error('master.cpp:2137', `EXIT with status 1: ${text}`);
    else log.fatal('master.cpp:1704', text);
    exit(code);
  }

  async #lead(): Promise<void> {
    const { log, info, registrar } = this.#options;
    this.elected = true;
    this.electedMs = this.core.clock.now();
    log.info('master.cpp:2155', 'Elected as the leading master!');
    log.info('master.cpp:1671', 'Recovering from registrar');
    if ('recover' in registrar && !(await registrar.recover(info))) {
      this.#end(
        134,
        `Recovery failed: Failed to recover registrar: Failed to perform fetch within ${registrar.fetchTimeout}`,
      );
      return;
    }
    if (!('recover' in registrar)) void registrar.update((old) => ({ ...old, master: info }));
    this.#takeOverRegistry();
    this.recovered = true;
    log.info('master.cpp:1824', `Recovered ${this.core.state.recoveredAgents.size} agents`);
    this.core.allocate();
  }

  #takeOverRegistry(): void {
    const { registrar, state } = this.core;
    const { agents, unreachable } = registrar.registry;
    for (const { info } of agents) state.recoveredAgents.set(info.id?.value ?? '', info);
    for (const { id, sinceMs } of unreachable) state.unreachableAgents.set(id, sinceMs);
    const known = [
      ...agents.map((one) => ({ ...one, id: one.info.id?.value ?? '' })),
      ...unreachable,
    ];
    for (const { id, deactivated, drain } of known) {
      if (deactivated === true) state.deactivated.add(id);
      if (drain !== undefined) state.draining.set(id, { info: drain, startedMs: undefined });
    }
    this.core.clock.after(this.#options.agentReregisterTimeoutMs, () => {
      void markRecoveredUnreachable(this.core);
    });
  }
}
