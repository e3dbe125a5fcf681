import { ClusterError, type ErrorCode } from '../errors.ts';
import { toolsMissing } from '../plan/missing-tools.ts';
import { describe, type HostStep, type InstallDocker } from '../plan/step.ts';
import type { Ran } from '../ports.ts';
import type { StepLine } from './step-lines.ts';

interface Failure {
  readonly host: string;
  readonly step: HostStep;
  /** Undefined if the script ended without a word about this step. */
  readonly line: StepLine | undefined;
  readonly ran: Ran;
}

/** The fault of a step, in the words of the one who has to mend it. */
export function stepFailed({ host, step, line, ran }: Failure): ClusterError {
  const code = line?.code ?? 'STEP_FAILED';
  if (code === 'TOOL_MISSING' && line !== undefined) {
    return toolsMissing({ name: host }, { tools: line.evidence, packages: 'none' });
  }
  const evidence = line?.evidence.length ? line.evidence : lastLines(ran);
  return new ClusterError(code, `${host}: ${told(code, step)}`, {
    host,
    evidence,
    remedy: isLimited(code, evidence) ? limitRemedy(host) : remedyOf(code, step, host),
  });
}

function told(code: ErrorCode, step: HostStep): string {
  if (code === 'IMAGE_MISSING' && step.kind === 'pull-image') return `cannot pull ${step.image}`;
  if (code === 'CONTAINER_EXITED' && step.kind === 'start-container') {
    return `${step.container.name} did not stay up`;
  }
  if (code === 'DISK_FULL') return `no space left: could not ${describe(step)}`;
  if (code === 'FOREIGN_HOST') return 'was claimed by another cluster in the meantime';
  return `could not ${describe(step)}`;
}

/** What Docker Hub says, and other registries after it (429). */
function isLimited(code: ErrorCode, evidence: readonly string[]): boolean {
  return (
    code === 'IMAGE_MISSING' && evidence.some((line) => /toomanyrequests|rate limit/i.test(line))
  );
}

function limitRemedy(host: string): string {
  return `The registry limits pulls. Name a mirror under docker.registryMirrors in the cluster file, take the images from a registry of yours ("images:"), or log in on ${host} (sudo docker login) or wait, then run the same command again.`;
}

function remedyOf(code: ErrorCode, step: HostStep, host: string): string {
  const again = 'then run the same command again';
  switch (code) {
    case 'IMAGE_MISSING':
      return `Check the name under "images:" in the cluster file, and that ${host} reaches its registry (docker.insecureRegistries for one without TLS), ${again}.`;
    case 'CONTAINER_EXITED':
      return `Its last lines stand above. Correct the setting they name in the cluster file, ${again}.`;
    case 'DISK_FULL':
      return `Free space on ${host} (df -h there), ${again}.`;
    case 'DOCKER_INSTALL_FAILED':
      return `${mirrorRemedy(step, host)}, or install Docker Engine by hand, ${again}.`;
    case 'FOREIGN_HOST':
      return `Take ${host} out of the cluster file.`;
    default:
      return step.kind === 'configure-docker'
        ? `The earlier daemon.json is back in place. Correct "docker:" in the cluster file, ${again}.`
        : `The lines above come from ${host}. Correct the cause, ${again}.`;
  }
}

function mirrorRemedy(step: HostStep, host: string): string {
  const { manager, packages } = step as InstallDocker;
  if (manager === 'apt')
    return `Check that ${host} reaches a Debian or Ubuntu package mirror (sudo apt-get update there)`;
  if (!packages.includes('docker-ce'))
    return `Check that ${host} reaches its package mirror (sudo ${manager} makecache there)`;
  return `docker-ce comes from Docker's own repository, which ci-cluster does not add by itself: on ${host}, sudo curl -o /etc/yum.repos.d/docker-ce.repo ${dockerRepository} (linux/rhel/ instead of linux/centos/ on RHEL itself)`;
}

const dockerRepository = 'https://download.docker.com/linux/centos/docker-ce.repo';

function lastLines({ stderr, exitCode, signal }: Ran): string[] {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const how = signal === undefined ? `exit code ${exitCode ?? 'unknown'}` : `signal ${signal}`;
  return [...lines.slice(-10), `the remote script ended with ${how}`];
}
