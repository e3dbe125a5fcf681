import { randomUUID } from 'node:crypto';
import type { CloudHost } from '../cloud.ts';
import type { BuildNode } from '../nodes.ts';
import type { AgentTemplate, MesosCloudConfig } from './mesos-casc.ts';
import type { MesosApi } from './mesos-api.ts';
import { podOf } from './pod.ts';

export interface MesosAgentsOptions {
  readonly cloudName: string;
  readonly config: MesosCloudConfig;
  readonly host: CloudHost;
  readonly api: () => Promise<MesosApi>;
}

const logger = 'org.jenkinsci.plugins.mesos.MesosCloud';
const provisionerLogger = 'hudson.slaves.NodeProvisioner';
/** `ComputerRetentionWork` of Jenkins looks at its computers once a minute. */
const retentionMs = 60_000;

/** The life of the cloud's nodes: `MesosCloud.startAgent`, `MesosJenkinsAgent`, `MesosRetentionStrategy`. */
export class MesosAgents {
  readonly #options: MesosAgentsOptions;
  /** Wanted while the connection is still being set up. */
  readonly #planned = new Set<string>();

  constructor(options: MesosAgentsOptions) {
    this.#options = options;
  }

  get planned(): number {
    return this.#planned.size;
  }

  launch(template: AgentTemplate): void {
    if (Math.max(template.minExecutors, template.maxExecutors) < 1) {
      // `excessWorkload -= 0` in `MesosCloud.provision`: the real one never comes back from here.
      this.#log('WARNING', `provisioning of ${template.label} does not end: max executors are 0`);
      return;
    }
    this.#log(
      'INFO',
      'Excess workload of 1 provisioning new Jenkins agent on Mesos cluster with 1 executors',
    );
    const name = `jenkins-agent-${template.label}-${randomUUID()}`;
    this.#planned.add(name);
    this.#start(name, template).catch((error: unknown) => {
      this.#planned.delete(name);
      this.#options.host.log(
        'WARNING',
        provisionerLogger,
        `Unexpected exception encountered while provisioning agent ${name}: ${textOf(error)}`,
      );
    });
    this.#log('INFO', 'Done queuing 1 nodes');
  }

  /** Ends nodes that idle and have no agent; those with one Jenkins itself ends. The result stops it. */
  retire(): () => void {
    const { clock } = this.#options.host;
    return clock.every(retentionMs, () => {
      void this.#retireIdle();
    });
  }

  async #start(name: string, template: AgentTemplate): Promise<void> {
    const { config, host, api: connect } = this.#options;
    const api = await connect();
    const secret = host.nodes.secret(name);
    const launch = { name, secret, jenkinsUrl: config.jenkinsURL, template };
    // Attributes that are no pairs throw here, in the plugin again and again within an endless loop.
    const pod = podOf(launch, config.role ?? '*');
    const online = this.#waitUntilOnline(name, api.settings.agentTimeoutMs);
    this.#planned.delete(name);
    try {
      api.enqueue({ kind: 'launch', pod, label: template.label }, online.abort);
    } catch (error) {
      online.cancel();
      throw error;
    }
    this.#addNode(name, template);
    await this.#follow(name, api, online.promise);
  }

  async #follow(name: string, api: MesosApi, online: Promise<void>): Promise<void> {
    this.#log('INFO', `waiting for node ${name} to come online...`);
    try {
      await online;
      this.#log('INFO', `Agent ${name} is online`);
    } catch (error) {
      // Its node stays, offline, until its idle time is over.
      this.#log('INFO', `Agent ${name} failed to come online`);
      api.kill(name);
      throw error;
    }
  }

  #addNode(name: string, template: AgentTemplate): void {
    this.#options.host.nodes.add({
      name,
      labels: template.label.split(/\s+/),
      mode: template.mode,
      permanent: false,
      executors: 1,
      remoteFs: 'jenkins',
      description: 'Mesos Jenkins Slave',
      idleMinutes: template.idleTerminationMinutes,
      owner: this.#options.cloudName,
      singleUse: true,
    });
  }

  #waitUntilOnline(name: string, timeoutMs: number): OnlineWait {
    const { nodes, clock } = this.#options.host;
    let settle: (failure?: Error) => void = () => undefined;
    const promise = new Promise<void>((resolve, reject) => {
      settle = (failure) => {
        if (failure === undefined) resolve();
        else reject(failure);
      };
    });
    const end = (failure?: Error) => {
      stopListening();
      stopWaiting();
      settle(failure);
    };
    const stopListening = nodes.onChange(({ kind, node }) => {
      if (kind === 'online' && node.name === name) end();
    });
    const stopWaiting = clock.after(timeoutMs, () => {
      end(new Error(`The stream has not been completed in ${timeoutMs} milliseconds.`));
    });
    const abort = (reason: string) => {
      end(new Error(reason));
    };
    return { promise, abort, cancel: end };
  }

  /** Counts from the time the node was added, so a launch that takes longer than that is ended, too. */
  async #retireIdle(): Promise<void> {
    const { host, api: connect, cloudName } = this.#options;
    const isIdle = ({ owner, agent, busy, idleSince, idleMinutes = 0 }: BuildNode) =>
      owner === cloudName &&
      agent === undefined &&
      busy === 0 &&
      host.clock.now() - idleSince > idleMinutes * 60_000;
    for (const { name } of host.nodes.list().filter(isIdle)) {
      host.log(
        'INFO',
        'org.jenkinsci.plugins.mesos.MesosRetentionStrategy',
        `Disconnecting ${name}`,
      );
      host.log('INFO', 'org.jenkinsci.plugins.mesos.MesosJenkinsAgent', `Killing task ${name}`);
      host.nodes.remove(name);
      (await connect()).kill(name);
    }
  }

  #log(level: 'INFO' | 'WARNING', message: string): void {
    this.#options.host.log(level, logger, message);
  }
}

interface OnlineWait {
  readonly promise: Promise<void>;
  /** It will never be online, for this reason. */
  readonly abort: (reason: string) => void;
  /** Nobody waits any more. */
  readonly cancel: () => void;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
