import type { Check } from '../check.ts';
import { failing, passed, skipped } from '../check-result.ts';
import { eachEngine } from './engine.ts';

export const agentDockerClient: Check = {
  name: 'AGENT_DOCKER_CLIENT',
  title: 'the Docker client in the Mesos agent gets along with the engine',
  why: 'The agent starts tasks by running `docker` in its own container. A client that the engine refuses lets every task fail, with the reason in a log that nobody reads.',
  severity: 'fail',
  remedy: 'A newer image of the Mesos agent, or `min-api-version` in daemon.json.',
  judge: eachEngine(({ host, extra }) => {
    if (!host.roles.includes('mesos-agent')) return passed('no Mesos agent here');
    const { client } = extra;
    if (client === undefined) {
      return skipped(
        'no Mesos agent runs there yet',
        'ci-cluster images contract asks the image before.',
      );
    }
    if (client.works) return passed(`API of client and engine: ${client.said}`);
    // With containerizer "docker" Mesos runs it at its start and ends without (1.11): one that runs
    // finds it elsewhere.
    if (/executable file not found|no such file/i.test(client.said)) {
      const remedy = 'The agent runs: it finds its client elsewhere (--docker).';
      return skipped('no "docker" in its container to ask', remedy);
    }
    const remedy =
      'Take a newer image of the Mesos agent, or set "min-api-version" in /etc/docker/daemon.json.';
    return failing(client.said === '' ? 'it did not answer' : client.said, remedy);
  }),
};
