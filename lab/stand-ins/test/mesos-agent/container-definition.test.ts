import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { containerDefinition } from '../../src/mesos-agent/container-definition.ts';
import { parseResources } from '../../src/shared/resources.ts';
import { containerId, dockerTask, taskRun } from './support/task-run.ts';

const settings = { mappedSandbox: '/mnt/mesos/sandbox', enableCfs: false };

interface Inspection {
  readonly HostConfig: Record<string, unknown>;
  readonly Config: Record<string, unknown>;
}

const recorded = JSON.parse(
  readFileSync(new URL('fixtures/docker-inspect.json', import.meta.url), 'utf8'),
) as Inspection;

describe('the container of a task', () => {
  test('is the one that a real agent made of the same task', () => {
    const { HostConfig, Image, ...config } = containerDefinition(taskRun(), settings);
    const { Binds, CpuQuota, ...host } = recorded.HostConfig;
    expect(CpuQuota).toBe(0);
    expect(HostConfig).toEqual({ ...host, Binds: [`${taskRun().sandbox}:/mnt/mesos/sandbox`] });
    expect((Binds as string[])[0]).toMatch(/:\/mnt\/mesos\/sandbox$/);
    expect(Image).toBe('img:1');
    expect(config).toEqual({
      Env: recorded.Config['Env'],
      Cmd: recorded.Config['Cmd'],
      Entrypoint: recorded.Config['Entrypoint'],
    });
    expect(recorded.Config['Env']).toContain(`MESOS_CONTAINER_NAME=mesos-${containerId}`);
  });

  test('without shell leaves the entry point of the image alone', () => {
    const command = { shell: false, value: 'serve', arguments: ['--port', '80'] };
    const definition = containerDefinition(taskRun(dockerTask({ command })), settings);
    expect(definition).not.toHaveProperty('Entrypoint');
    expect(definition.Cmd).toEqual(['serve', '--port', '80']);
  });

  test('without any command is as the image says', () => {
    const definition = containerDefinition(
      taskRun(dockerTask({ command: { shell: false } })),
      settings,
    );
    expect(definition).not.toHaveProperty('Cmd');
    expect(definition).not.toHaveProperty('Entrypoint');
  });

  test('has a hard limit of processor time where CFS is on', () => {
    const definition = containerDefinition(taskRun(), { ...settings, enableCfs: true });
    expect(definition.HostConfig).toMatchObject({ CpuPeriod: 100_000, CpuQuota: 50_000 });
  });

  test('never gets less than 32 MiB', () => {
    const resources = [{ name: 'mem', type: 'SCALAR' as const, scalar: { value: 4 } }];
    const definition = containerDefinition(taskRun(dockerTask({ resources })), settings);
    expect(definition.HostConfig?.['Memory']).toBe(32 * 1024 ** 2);
  });

  test('has volumes by mode, relative ones inside the sandbox, and named ones', () => {
    const task = dockerTask({
      container: {
        type: 'DOCKER',
        docker: { image: 'img:1' },
        volumes: [
          { mode: 'RW', host_path: '/srv/home', container_path: '/home' },
          { mode: 'RO', host_path: 'cache', container_path: '/cache' },
          {
            mode: 'RW',
            container_path: '/data',
            source: { docker_volume: { name: 'data' } },
          },
        ],
      },
    });
    const { sandbox } = taskRun();
    expect(containerDefinition(taskRun(task), settings).HostConfig?.['Binds']).toEqual([
      '/srv/home:/home:rw',
      `${sandbox}/cache:/cache:ro`,
      'data:/data:rw',
      `${sandbox}:/mnt/mesos/sandbox`,
    ]);
  });

  test('on a bridge publishes the ports it was mapped', () => {
    const docker = {
      image: 'img:1',
      network: 'BRIDGE' as const,
      port_mappings: [{ host_port: 31080, container_port: 8080, protocol: 'tcp' }],
    };
    const resources = parseResources('cpus:0.5;mem:64;ports:[31080-31080]');
    const task = dockerTask({ container: { type: 'DOCKER', docker }, resources });
    expect(containerDefinition(taskRun(task), settings)).toMatchObject({
      ExposedPorts: { '8080/tcp': {} },
      HostConfig: { NetworkMode: 'bridge', PortBindings: { '8080/tcp': [{ HostPort: '31080' }] } },
    });
  });

  test.each([
    ['HOST', 31080, 'Port mappings are only supported for bridge and user-defined networks'],
    ['BRIDGE', 31081, 'Port [31081] not included in resources'],
  ] as const)('on network %s is refused a mapping of port %d', (network, host_port, why) => {
    const docker = { image: 'img:1', network, port_mappings: [{ host_port, container_port: 80 }] };
    const resources = parseResources('cpus:0.5;mem:64;ports:[31080-31080]');
    const task = dockerTask({ container: { type: 'DOCKER', docker }, resources });
    expect(() => containerDefinition(taskRun(task), settings)).toThrow(why);
  });

  test('is on the network that the task names', () => {
    const container = {
      type: 'DOCKER' as const,
      docker: { image: 'img:1', network: 'USER' as const },
      network_infos: [{ name: 'builds' }],
    };
    const definition = containerDefinition(taskRun(dockerTask({ container })), settings);
    expect(definition.HostConfig?.['NetworkMode']).toBe('builds');
  });

  test('takes further options of docker run as parameters', () => {
    const parameters = [
      { key: 'env', value: 'A=b' },
      { key: 'label', value: 'team=red' },
      { key: 'user', value: '1000' },
      { key: 'ulimit', value: 'nofile=1024:2048' },
      { key: 'memory-swap', value: '64m' },
      { key: 'volume', value: '/x:/y' },
      { key: 'init', value: 'true' },
    ];
    const docker = { image: 'img:1', parameters };
    const task = dockerTask({ container: { type: 'DOCKER', docker } });
    const definition = containerDefinition(taskRun(task), settings);
    expect(definition).toMatchObject({ Labels: { team: 'red' }, User: '1000' });
    expect(definition.Env).toContain('A=b');
    expect(definition.HostConfig).toMatchObject({
      Ulimits: [{ Name: 'nofile', Soft: 1024, Hard: 2048 }],
      MemorySwap: 64 * 1024 ** 2,
      Init: true,
    });
    expect(definition.HostConfig?.['Binds']).toContain('/x:/y');
  });

  test('is refused with the words of docker for an option that there is not', () => {
    const docker = { image: 'img:1', parameters: [{ key: 'nosuch', value: '1' }] };
    const task = dockerTask({ container: { type: 'DOCKER', docker } });
    expect(() => containerDefinition(taskRun(task), settings)).toThrow('unknown flag: --nosuch');
  });
});
