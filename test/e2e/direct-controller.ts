import { hostOf, Jenkins, onHost, taskContainers, until } from './builds-lab.ts';

const port = 31_990;
const agentPort = 31_991;
const name = 'e2e-direct-controller';

export interface DirectController {
  /** Whether a new build gets a build agent and ends well, within a minute and a half. */
  readonly builds: (job: string) => Promise<boolean>;
  readonly remove: () => Promise<void>;
}

/**
 * A controller of the lab's own image beside the cluster, whose cloud points straight at one master:
 * what people have who follow the plugin's example.
 */
export async function startDirectController(
  host: string,
  master: string,
): Promise<DirectController> {
  const { address } = await hostOf(host);
  const [controller] = await taskContainers('/jenkins:');
  const [buildAgent] = await taskContainers('/build-agent:');
  if (controller === undefined || buildAgent === undefined) throw new Error('no images to use');
  const casc = configuration({ address, master, image: buildAgent.inspect.Config.Image });
  const folder = `/srv/${name}`;
  await onHost(
    host,
    'sh',
    '-c',
    `mkdir -p ${folder} && printf %s "$1" > ${folder}/c.yml`,
    'sh',
    casc,
  );
  await onHost(
    ...([host, 'docker', 'run', '--detach', '--name', name, '--network', 'host'] as const),
    ...['--volume', `${folder}:/casc:ro`, '--env', 'CASC_JENKINS_CONFIG=/casc'],
    ...['--env', `JENKINS_OPTS=--httpPort=${port}`],
    ...['--env', `JENKINS_SLAVE_AGENT_PORT=${agentPort}`],
    controller.inspect.Config.Image,
  );
  const jenkins = new Jenkins(`http://${address}:${port}`, { signsIn: false });
  await until('the direct controller answers', () => jenkins.get('/api/json'));
  return {
    builds: async (job) => {
      await jenkins.start(job, 'direct', 'echo built');
      const seen = until(`${job} ends`, () => ended(jenkins, job), 90_000);
      return await seen.then(
        () => true,
        () => false,
      );
    },
    remove: async () => {
      await onHost(host, 'docker', 'rm', '--force', '--volumes', name);
      await onHost(host, 'rm', '-rf', folder);
    },
  };
}

async function ended(jenkins: Jenkins, job: string): Promise<true | undefined> {
  const last = await jenkins.lastBuild(job);
  return last?.result === 'SUCCESS' ? true : undefined;
}

interface Places {
  readonly address: string;
  readonly master: string;
  readonly image: string;
}

function configuration({ address, master, image }: Places): string {
  return `\
jenkins:
  numExecutors: 0
  slaveAgentPort: ${agentPort}
  crumbIssuer: { standard: { excludeClientIPFromCrumb: true } }
  clouds:
    - mesos:
        mesosMasterUrl: "http://${master}:5050"
        frameworkName: ${name}
        frameworkId: ${name}
        role: "*"
        agentUser: root
        jenkinsURL: "http://${address}:${port}/"
        mesosAgentSpecTemplates:
          - label: direct
            mode: EXCLUSIVE
            cpus: "0.1"
            mem: "128"
            disk: "0.0"
            idleTerminationMinutes: 1
            minExecutors: 1
            maxExecutors: 1
            jnlpArgs: "-noReconnect"
            agentAttributes: ""
            agentCommandStyle: Linux
            domainFilterModel: any
            containerInfo:
              type: DOCKER
              dockerImage: "${image}"
              dockerForcePullImage: false
              dockerPrivilegedMode: false
              isDind: false
              networking: BRIDGE
unclassified:
  location:
    url: "http://${address}:${port}/"
`;
}
