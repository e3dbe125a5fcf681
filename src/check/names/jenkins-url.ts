import type { JenkinsController } from '../../config/cluster-spec.ts';
import { eachKnown, type Check, type Judged } from '../check.ts';
import { failing, passed } from '../check-result.ts';
import { isAddress, urlName } from '../facts-arguments.ts';
import type { Known, Scene } from '../scene.ts';
import { isLoopback } from './own.ts';

export const jenkinsUrlName: Check = {
  name: 'JENKINS_URL_NAME',
  title: 'it finds Jenkins by the name in its URL',
  why: 'Build agents fetch their program from the URL of their controller and connect to the host in it. A name that only people’s machines know leaves every build waiting.',
  severity: 'fail',
  remedy: 'A name that the Mesos agents resolve, too, or an address in `jenkins.NAME.url`.',
  judge: eachKnown((known, { spec }) => judged(known, spec)),
};

function judged(known: Known, spec: Scene['spec']): Omit<Judged, 'host'> {
  if (!known.host.roles.includes('mesos-agent')) return passed('no builds here');
  const named = spec.jenkins.filter(({ url }) => !isAddress(urlName(url)));
  if (named.length === 0) return passed('addresses only');
  const faults = named.flatMap((controller) => faultOf(known, controller));
  if (faults.length === 0) return passed(named.map(({ url }) => urlName(url)).join(', '));
  const remedy = 'Make the name known there, or set jenkins.NAME.url to an address of a gateway.';
  return failing(faults.join('; '), remedy);
}

function faultOf({ extra }: Known, { name, url }: JenkinsController): string[] {
  const host = urlName(url);
  const addresses = extra.names.get(host) ?? [];
  const loopback = addresses.find(isLoopback);
  if (addresses.length === 0) return [`does not know ${host} (Jenkins ${name})`];
  return loopback === undefined ? [] : [`${host} (Jenkins ${name}) is ${loopback}, loopback`];
}
