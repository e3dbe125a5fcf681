import { addAgentHost, makeAgent, removeAgentHost } from '../../../config/edit-cluster-file.ts';
import { parseCluster } from '../../../config/parse-cluster.ts';
import type { AgentStep } from '../../../plan/agent-step.ts';
import type { Run } from '../../run.ts';
import { connected, type Call } from '../call.ts';

type EnterHost = Extract<AgentStep, { kind: 'enter-host' }>;
type StrikeHost = Extract<AgentStep, { kind: 'strike-host' }>;

/** The file is read now: what somebody wrote into it since the start of the run stays. */
export function enterHost(run: Run, { file, host }: EnterHost): Call {
  return editing(run, file, (text) => {
    const known = hostsIn(text, file).find(({ name }) => name === host.name);
    if (known?.roles.includes('mesos-agent') === true) return text;
    return host.address === undefined || known !== undefined
      ? makeAgent(text, host.name)
      : addAgentHost(text, host);
  });
}

export function strikeHost(run: Run, { file, host }: StrikeHost): Call {
  return editing(run, file, (text) =>
    hostsIn(text, file).some(({ name }) => name === host) ? removeAgentHost(text, host) : text,
  );
}

function editing(run: Run, file: string, edit: (text: string) => string): Call {
  const { files } = run.ports;
  const call = async (): Promise<boolean> => {
    const before = await files.read(file);
    const after = edit(before);
    if (after === before) return false;
    hostsIn(after, file);
    await files.write(file, after);
    return true;
  };
  return { host: connected(run, run.spec.hosts).host, call };
}

/** Throws CONFIG_INVALID for what is no cluster file, so that none is ever written. */
function hostsIn(text: string, path: string) {
  return parseCluster(text, { path, home: '/' }).hosts;
}
