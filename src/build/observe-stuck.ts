import { buildAgentsIn, computersPath } from '../health/builds.ts';
import { failed, jsonOf, type Sight } from '../health/sight.ts';
import type { JenkinsController } from '../config/cluster-spec.ts';
import { labelAnswer, readAs, rootAnswer, whyUseless } from './jenkins-answers.ts';
import type { Observations } from './observations.ts';
import { elapsed, type Watch } from './watch.ts';

/** Asks everybody who could know why the build does not go on. */
export async function observeStuck(
  watch: Watch,
  sight: Sight,
  controller: JenkinsController,
): Promise<Observations> {
  const { record, state } = watch;
  const { label, job, number } = record;
  return {
    ...{ controller, label, job, number, console: record.console, why: state.why },
    template: controller.buildAgents.find((template) => template.label === label),
    waitedMs: elapsed(watch),
    ...(await askJenkins(watch)),
    ...(await askMesos(watch, controller)),
    nameOf: (address) => sight.spec.hosts.find((host) => host.address === address)?.name ?? address,
  };
}

type OfJenkins = Pick<Observations, 'jenkins' | 'silence' | 'supply' | 'buildAgents'>;

async function askJenkins({ client, record }: Watch): Promise<OfJenkins> {
  const label = encodeURIComponent(record.label);
  const [root, supply, agents] = await Promise.all([
    client.get('/api/json?tree=quietingDown'),
    client.get(`/label/${label}/api/json?tree=clouds,nodes[nodeName]`),
    client.get(computersPath),
  ]);
  const jenkins = readAs(rootAnswer, root);
  const known = readAs(labelAnswer, supply);
  return {
    jenkins,
    silence: jenkins === undefined ? whyUseless(root) : '',
    supply: known && { clouds: known.clouds.length, nodes: known.nodes.length },
    buildAgents: failed(agents) ? undefined : buildAgentsIn(jsonOf(agents)),
  };
}

type OfMesos = Pick<Observations, 'frameworks' | 'tasks' | 'agents' | 'role'>;

async function askMesos(
  { mesos, framework, state }: Watch,
  controller: JenkinsController,
): Promise<OfMesos> {
  const frameworks = await mesos.frameworks();
  const [ends, agents, role] = await Promise.all([
    mesos.taskEnds(framework),
    mesos.agents(),
    mesos.role(controller.framework.role),
  ]);
  const launched = [...state.tasks.values()].filter(({ firstMs }) => firstMs >= 0);
  const tasks = launched.map(({ task }) => {
    const end = ends?.find(({ id }) => id === task.id);
    return end ?? { ...task, reason: '', message: '' };
  });
  return { frameworks, tasks, agents, role };
}
