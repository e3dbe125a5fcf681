import type { Check } from '../check.ts';
import { failing, passed, warning } from '../check-result.ts';
import { atLeast } from '../versions.ts';
import { eachEngine } from './engine.ts';

/** 20.10.24 is what was tried; its API is 1.41. */
const least = '20.10';
/** 29.0 to 29.2 answer nothing older; clients in images of Mesos are often older (moby/moby#51186). */
const narrowApi = '1.44';

export const dockerVersion: Check = {
  name: 'DOCKER_VERSION',
  title: `Docker ${least} or later, with an API that old clients can speak`,
  why: 'The Mesos agent starts tasks with the Docker client of its own image. An engine whose oldest API is newer than that client refuses every task.',
  severity: 'fail',
  remedy:
    'A newer Docker Engine; or `min-api-version` in daemon.json where it is too new for the images.',
  judge: eachEngine(({ docker, extra }) => {
    const { version, apiVersion } = docker;
    const { leastApi = '?' } = extra.docker;
    const told = `Docker ${version}, API ${leastApi} to ${apiVersion}`;
    if (!atLeast(version, least)) {
      return failing(`${told}: older than ${least}`, 'Upgrade Docker Engine on the host.');
    }
    if (leastApi === '?' || !atLeast(leastApi, narrowApi) || extra.client?.works === true) {
      return passed(told);
    }
    const remedy = `Ask the image with ci-cluster images contract; if its client is older: "min-api-version": "1.24" in /etc/docker/daemon.json.`;
    return warning(`${told}: refuses older Docker clients, as in many images of Mesos`, remedy);
  }),
};
