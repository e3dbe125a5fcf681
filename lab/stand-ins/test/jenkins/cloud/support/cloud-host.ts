import { Nodes } from '../../../../src/jenkins/nodes.ts';
import type { CloudHost } from '../../../../src/jenkins/cloud.ts';
import type { BuildAgent } from '../../../../src/jenkins/agents/build-agent.ts';
import { realClock, type Clock } from '../../../../src/shared/clock.ts';

export interface TestHost extends CloudHost {
  readonly lines: string[];
  /** Resolves when a line with that text is, or was, logged. */
  readonly logged: (text: string) => Promise<string>;
  /** Its agent connects. */
  readonly online: (name: string) => void;
}

const agent = { close: () => undefined } as unknown as BuildAgent;

export function testHost(
  clock: Clock = realClock,
  properties: Readonly<Record<string, string>> = {},
): TestHost {
  const nodes = new Nodes({ now: clock.now, secretOf: (name) => `secret-of-${name}` });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  return {
    nodes,
    clock,
    lines,
    jenkinsUrl: 'http://ci.example/ci/',
    property: (name) => properties[name],
    log: (level, logger, message) => {
      lines.push(`${level} ${logger}: ${message}`);
      for (const wake of [...waiting]) wake();
    },
    logged: async (text) => {
      for (;;) {
        const found = lines.find((line) => line.includes(text));
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
    },
    online: (name) => {
      nodes.connected(name, agent);
    },
  };
}

export const template = {
  label: 'build',
  mode: 'EXCLUSIVE',
  cpus: '1.0',
  mem: '1024',
  idleTerminationMinutes: 3,
  minExecutors: 1,
  maxExecutors: 1,
  jnlpArgs: '-noReconnect',
};

export function cloudConfig(mesosMasterUrl: string, overrides: object = {}): object {
  return {
    mesosMasterUrl,
    frameworkName: 'jenkins',
    frameworkId: 'jenkins-ci-0001',
    role: '*',
    agentUser: 'root',
    jenkinsURL: 'http://ci.example/ci/',
    mesosAgentSpecTemplates: [template],
    ...overrides,
  };
}
