import type { FrameworkInfo, TaskStatus } from '../../shared/mesos.ts';
import type { CloudHost } from '../cloud.ts';
import { CommandQueue, type Command } from './command-queue.ts';
import { connectClient, type MesosClient } from './mesos-client.ts';
import { OfferInterest } from './offer-interest.ts';
import type { PluginSettings } from './plugin-settings.ts';
import { runFlow } from './restart-flow.ts';
import { isOver, SchedulerLogic } from './scheduler-logic.ts';
import { WaitingList } from './waiting-list.ts';

export interface MesosApiOptions {
  /** Found once; `http://host:port`. */
  readonly masterUrl: string;
  readonly framework: FrameworkInfo;
  readonly role: string;
  readonly settings: PluginSettings;
  readonly host: Pick<CloudHost, 'nodes' | 'log' | 'clock'>;
  readonly random: () => number;
}

/** What Jenkins knows of an agent it asked for, until Mesos says that its task is over. */
interface MesosAgent {
  /** Told why the agent will never come online. */
  readonly abort: (reason: string) => void;
}

const logger = 'org.jenkinsci.plugins.mesos.MesosApi';
const agentLogger = 'org.jenkinsci.plugins.mesos.MesosJenkinsAgent';

/**
 * The connection to Mesos under one framework id and what is known over it: `MesosApi` of the plugin 2.0.
 * There is one per id and Jenkins process, whatever becomes of the configuration; once given up it stays so.
 */
export class MesosApi {
  readonly waiting = new WaitingList();
  readonly #options: MesosApiOptions;
  readonly #agents = new Map<string, MesosAgent>();
  readonly #records = new Set<string>();
  readonly #commands: CommandQueue;
  #logic: SchedulerLogic | undefined;
  #running: AbortController | undefined;
  #dead = false;

  constructor(options: MesosApiOptions) {
    this.#options = options;
    this.#commands = new CommandQueue(options.settings.commandQueueBufferSize);
  }

  get connected(): boolean {
    return this.#logic !== undefined;
  }

  get masterUrl(): string {
    return this.#options.masterUrl;
  }

  get settings(): PluginSettings {
    return this.#options.settings;
  }

  /** Does nothing where it runs already, or was given up. */
  start(): void {
    if (this.#dead || this.#running !== undefined) return;
    const running = new AbortController();
    this.#running = running;
    this.#options.host.log('INFO', logger, 'Starting USI scheduler flow.');
    void this.#flow(running.signal).then((reason) => {
      if (!running.signal.aborted) this.#giveUp(reason);
    });
  }

  /** Closes the connection; `start` makes it anew, with the same master. */
  pause(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  /** Throws if the flow is over; the agent counts as pending all the same, and for ever. */
  enqueue(command: Extract<Command, { kind: 'launch' }>, abort: MesosAgent['abort']): void {
    const { name } = command.pod;
    this.#agents.set(name, { abort });
    this.#offer(command);
    this.waiting.add(name, command.label, this.#options.host.clock.now());
    this.#log('INFO', `Queued new agent ${name}`);
  }

  kill(name: string): void {
    this.#log('INFO', `Kill agent ${name}.`);
    this.waiting.remove(name);
    try {
      this.#offer({ kind: 'kill', name });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#options.host.log('WARNING', agentLogger, `Error when killing task ${name}: ${text}`);
    }
  }

  /**
   * `MesosCloud.getPending`: of all labels together. One that was given up without ever being launched
   * stays among them for ever, because no status of it will come.
   */
  pending(): number {
    const { nodes } = this.#options.host;
    return [...this.#agents.keys()].filter((name) => nodes.get(name)?.online !== true).length;
  }

  #offer(command: Command): void {
    if (this.#dead) throw new Error('The USI stream failed or is closed.');
    if (!this.#commands.offer(command)) {
      throw new Error(`Launch command for ${nameOf(command)} was dropped.`);
    }
    this.#work();
  }

  #work(): void {
    const logic = this.#logic;
    if (logic === undefined) return;
    for (const command of this.#commands.take()) {
      if (command.kind === 'launch') logic.launch(command.pod);
      else logic.kill(command.name);
    }
  }

  #flow(signal: AbortSignal): Promise<string> {
    const { settings, host, masterUrl: master, framework, random } = this.#options;
    const { clock, log } = host;
    return runFlow({
      connect: () => connectClient({ master, framework, clock, log, signal }),
      run: (client) => this.#run(client, signal),
      retries: {
        minMs: settings.connectionMinBackoffMs,
        maxMs: settings.connectionMaxBackoffMs,
        most: settings.connectionRetries,
      },
      clock,
      random,
      log,
      signal,
    });
  }

  #run(client: MesosClient, signal: AbortSignal): Promise<string> {
    const { framework, role, host } = this.#options;
    const { clock, log } = host;
    const send = client.send.bind(client);
    const interest = new OfferInterest({ framework, role, send, clock, log });
    this.#logic = this.#newLogic(client, interest);
    this.#work();
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        client.close();
      });
      client.listen({
        onEvent: (event) => this.#logic?.handle(event),
        onEnd: (reason) => {
          interest.stop();
          this.#logic = undefined;
          this.waiting.connectionLost();
          resolve(reason);
        },
      });
    });
  }

  #newLogic(client: MesosClient, interest: OfferInterest): SchedulerLogic {
    return new SchedulerLogic({
      send: client.send.bind(client),
      interest,
      masterDomain: client.subscribed.master_info?.domain,
      records: this.#records,
      log: this.#options.host.log,
      onStatus: (name, status) => {
        this.#updated(name, status);
      },
      onLaunched: (name) => {
        this.waiting.remove(name);
      },
      onRefused: (name, by) => {
        this.waiting.refused(name, by);
      },
    });
  }

  /** `MesosApi.updateState`. Nobody asks Mesos what runs: a task of an earlier Jenkins shows when it changes. */
  #updated(name: string, status: TaskStatus): void {
    this.#log('INFO', `Got status update for pod ${name}`);
    const agent = this.#agents.get(name);
    const over = isOver(status);
    if (agent === undefined) {
      if (!over) this.kill(name);
      return;
    }
    this.#options.host.log('INFO', agentLogger, `Received new status for ${name}`);
    if (!over) return;
    agent.abort(`Agent ${name} became ${status.state}: ${status.message ?? ''}`);
    this.#agents.delete(name);
  }

  #giveUp(reason: string): void {
    this.#dead = true;
    this.#options.host.log(
      'SEVERE',
      'akka.actor.ActorSystemImpl',
      `Error in stage [RestartWithBackoffFlow]: ${reason} (no connection to Mesos at ${this.masterUrl} until Jenkins is restarted)`,
    );
  }

  #log(level: 'INFO' | 'WARNING', message: string): void {
    this.#options.host.log(level, logger, message);
  }
}

function nameOf(command: Command): string {
  return command.kind === 'launch' ? command.pod.name : command.name;
}
