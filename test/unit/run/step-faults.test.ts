import { expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import type { HostStep } from '../../../src/plan/step.ts';
import type { Ran } from '../../../src/ports.ts';
import { stepFailed } from '../../../src/run/step-faults.ts';

const ended: Ran = {
  ...{ exitCode: 1, signal: undefined, stdout: '', truncated: false },
  stderr: 'sh: 1: something\n',
};
const pull: HostStep = { kind: 'pull-image', image: 'zookeeper:9' };
const install: HostStep = { kind: 'install-docker', manager: 'apt', packages: ['docker.io'] };
const dnf: HostStep = {
  ...{ kind: 'install-docker', manager: 'dnf' },
  packages: ['docker-ce', 'docker-ce-cli'],
};
const moby: HostStep = { kind: 'install-docker', manager: 'dnf', packages: ['moby-engine'] };
const configure: HostStep = { kind: 'configure-docker', content: '{}' };

function fault(step: HostStep, code: ErrorCode | undefined, evidence: readonly string[] = ['why']) {
  const line = { step: 0, result: 'failed', code, evidence } as const;
  return stepFailed({ host: 'm2', step, line, ran: ended });
}

test.each<[HostStep, ErrorCode, string, RegExp]>([
  [pull, 'IMAGE_MISSING', 'm2: cannot pull zookeeper:9', /under "images:" in the cluster file/],
  [pull, 'DISK_FULL', 'm2: no space left: could not pull zookeeper:9', /Free space on m2/],
  [install, 'DOCKER_INSTALL_FAILED', 'm2: could not install docker.io', /package mirror/],
  [dnf, 'DOCKER_INSTALL_FAILED', 'm2: could not install docker-ce', /download\.docker\.com/],
  [moby, 'DOCKER_INSTALL_FAILED', 'm2: could not install moby', /sudo dnf makecache there/],
  [configure, 'STEP_FAILED', 'm2: could not configure Docker', /earlier daemon\.json is back/],
])('%o with %s is told with its remedy', (step, code, message, remedy) => {
  const error = fault(step, code);
  expect(error).toMatchObject({ code, host: 'm2', evidence: ['why'] });
  expect(error.message).toContain(message);
  expect(error.remedy).toMatch(remedy);
  expect(error.remedy).toContain('run the same command again');
});

test('tools that are missing at the last moment are told with the packages of both families', () => {
  const error = fault(pull, 'TOOL_MISSING', ['ss', 'base64', 'head']);
  expect(error).toMatchObject({
    ...{ code: 'TOOL_MISSING', host: 'm2' },
    message: 'm2 has no ss, no base64, no head, which ci-cluster needs there',
    remedy:
      'Install them: sudo apt-get install iproute2 coreutils (Debian) or sudo dnf install iproute coreutils (RHEL), then run the same command again.',
  });
});

test('a script that ends without a word shows what it printed and how it ended', () => {
  const error = stepFailed({ host: 'm2', step: pull, line: undefined, ran: ended });
  expect(error).toMatchObject({ code: 'STEP_FAILED' });
  expect(error.evidence).toEqual(['sh: 1: something', 'the remote script ended with exit code 1']);
  const killed = { ...ended, exitCode: undefined, signal: 'SIGKILL' };
  const other = stepFailed({ host: 'm2', step: pull, line: undefined, ran: killed });
  expect(other.evidence.at(-1)).toBe('the remote script ended with signal SIGKILL');
});
