import { describe, expect, test } from 'vitest';
import { parseMesosCloud } from '../../../src/jenkins/cloud/mesos-casc.ts';
import { podOf } from '../../../src/jenkins/cloud/pod.ts';
import { cloudConfig, template } from './support/cloud-host.ts';

function pod(change: object = {}, jenkinsURL = 'http://ci.example/ci/') {
  const config = parseMesosCloud(
    cloudConfig('h:5050', { jenkinsURL, mesosAgentSpecTemplates: [{ ...template, ...change }] }),
  );
  const [first] = config.mesosAgentSpecTemplates;
  if (first === undefined) throw new Error('no template');
  return podOf({ name: 'a1', secret: 's3', jenkinsUrl: config.jenkinsURL, template: first }, '*');
}

const container = { type: 'DOCKER', dockerImage: 'build:1' };

describe('the task of a build agent', () => {
  test('gets the JVM of 32 MB and as much memory on top of the template', () => {
    const { needs, task } = pod();
    expect(needs).toContainEqual({ name: 'mem', amount: 1056 });
    expect(task.command?.value).toBe(
      'java -DHUDSON_HOME=jenkins -server -Xmx32m  -jar ${MESOS_SANDBOX-.}/agent.jar -noReconnect -secret s3 -jnlpUrl http://ci.example/ci/computer/a1/slave-agent.jnlp',
    );
  });

  test('runs through a shell without an image, and as one argument of its entry point with one', () => {
    expect(pod().task.command).toMatchObject({ shell: true });
    const { command } = pod({ containerInfo: container }).task;
    expect(command).toMatchObject({ shell: false });
    expect(command?.value).toBeUndefined();
    expect(command?.arguments).toHaveLength(1);
    expect(command?.arguments?.[0]).toMatch(/^java .*slave-agent\.jnlp$/);
  });

  test('fetches the additional files and then the jar, unpacked only if told so', () => {
    const additionalURIs = [{ value: 'http://x/docker.tar.gz', extract: true }];
    expect(pod({ additionalURIs }).task.command?.uris).toEqual([
      { value: 'http://x/docker.tar.gz', extract: true, executable: false, cache: false },
      {
        value: 'http://ci.example/ci/jnlpJars/agent.jar',
        extract: false,
        executable: false,
        cache: false,
      },
    ]);
  });

  test('fetches the jar from the wrong place where the prefix has no slash at its end', () => {
    const { command } = pod({}, 'http://ci.example/ci').task;
    expect(command?.uris?.[0]?.value).toBe('http://ci.example/jnlpJars/agent.jar');
    expect(command?.value).toContain('-jnlpUrl http://ci.example/computer/a1/slave-agent.jnlp');
  });

  test('has its own name as host name except on the network of the host', () => {
    expect(pod({ containerInfo: container }).task.container).toEqual({
      type: 'DOCKER',
      docker: { image: 'build:1', privileged: false, force_pull_image: false, network: 'BRIDGE' },
      hostname: 'a1',
      volumes: [],
    });
    const onHost = pod({ containerInfo: { ...container, networking: 'HOST' } }).task.container;
    expect(onHost).not.toHaveProperty('hostname');
  });

  test('binds volumes as the template says', () => {
    const volumes = [
      { containerPath: '/cache', hostPath: '/srv/cache', readOnly: true },
      { containerPath: '/scratch' },
    ];
    expect(pod({ containerInfo: { ...container, volumes } }).task.container?.volumes).toEqual([
      { container_path: '/cache', host_path: '/srv/cache', mode: 'RO' },
      { container_path: '/scratch', mode: 'RW' },
    ]);
  });

  test('wants attributes as pairs; a bare word throws', () => {
    expect(pod({ agentAttributes: 'os:linux,zone:a' }).attributes).toEqual(
      new Map([
        ['os', 'linux'],
        ['zone', 'a'],
      ]),
    );
    expect(() => pod({ agentAttributes: 'ssd' })).toThrow('ArrayIndexOutOfBoundsException');
  });
});
