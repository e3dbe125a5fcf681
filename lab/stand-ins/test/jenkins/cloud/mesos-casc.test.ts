import { describe, expect, test } from 'vitest';
import { CascError } from '../../../src/jenkins/casc.ts';
import { parseMesosCloud } from '../../../src/jenkins/cloud/mesos-casc.ts';
import { cloudConfig, template } from './support/cloud-host.ts';

const withTemplate = (change: object) =>
  cloudConfig('zk://h1:2181/mesos', { mesosAgentSpecTemplates: [{ ...template, ...change }] });

const refusal = (value: unknown) => {
  try {
    parseMesosCloud(value);
  } catch (error) {
    expect(error).toBeInstanceOf(CascError);
    return (error as Error).message;
  }
  throw new Error('it was taken');
};

describe('the configuration of the Mesos cloud', () => {
  test('takes texts, numbers and booleans where the plugin has one of the other', () => {
    const { mesosAgentSpecTemplates } = parseMesosCloud(
      withTemplate({
        cpus: 0.5,
        mem: 2048,
        idleTerminationMinutes: '7',
        containerInfo: { type: 'DOCKER', dockerImage: 'i:1', dockerForcePullImage: 'true' },
      }),
    );
    expect(mesosAgentSpecTemplates).toMatchObject([
      {
        cpus: 0.5,
        mem: 2048,
        disk: 0,
        idleTerminationMinutes: 7,
        containerInfo: { dockerForcePullImage: true, networking: 'BRIDGE', volumes: [] },
      },
    ]);
  });

  test('names an unknown field, its class and what the class takes', () => {
    expect(refusal(cloudConfig('h:5050', { masterUrl: 'x' }))).toMatch(
      /Invalid configuration elements for type: class org\.jenkinsci\.plugins\.mesos\.MesosCloud : masterUrl\.\nAvailable attributes : agentUser, frameworkId, /,
    );
    expect(refusal(withTemplate({ memory: 5 }))).toContain('MesosAgentSpecTemplate : memory.');
    const containerInfo = { type: 'DOCKER', dockerImage: 'i', image: 'j' };
    expect(refusal(withTemplate({ containerInfo }))).toContain(
      'MesosAgentSpecTemplate$ContainerInfo : image.',
    );
  });

  test.each([undefined, '1.5', '2g', ''])(
    'refuses %j as memory: it is an int and required',
    (mem) => {
      expect(refusal(withTemplate({ mem }))).toContain('java.lang.NumberFormatException');
    },
  );

  test('refuses a Jenkins address that is none', () => {
    const message = 'Mesos Cloud URL validation failed for Jenkins';
    expect(refusal(cloudConfig('h:5050', { jenkinsURL: 'ci' }))).toContain(`${message} ci`);
    expect(refusal(cloudConfig('h:5050', { jenkinsURL: undefined }))).toContain(`${message} null`);
  });

  test.each([
    ['home', 'home'],
    [{ any: {} }, 'any'],
    [{ stringDomainFilter: { region: 'r', zone: 'z' } }, { region: 'r', zone: 'z' }],
  ])('knows the domain filter %j', (written, understood) => {
    const { mesosAgentSpecTemplates } = parseMesosCloud(
      withTemplate({ domainFilterModel: written }),
    );
    expect(mesosAgentSpecTemplates[0]?.domainFilterModel).toEqual(understood);
  });
});
