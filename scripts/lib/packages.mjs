import { existsSync } from 'node:fs';
import process from 'node:process';
import { asRoot } from './root.mjs';
import { must, read, run, Stop } from './run.mjs';

const install = ['apt-get', 'install', '--yes', '--no-install-recommends'];
const quietly = { env: { DEBIAN_FRONTEND: 'noninteractive' } };

/**
 * Programs by others that judge what this project makes (test/e2e, test/judges,
 * lab/stand-ins/test/judges), and what the test of the isolation rules makes its network of. The shells
 * are login shells that people have; `sudo` refuses in all its ways, and shellcheck reads the scripts
 * for hosts.
 */
const judges = {
  iproute2: () => has('ip'),
  iptables: () => has('iptables'),
  haproxy: () => has('haproxy'),
  'python3-jenkins': () => hasModule('jenkins'),
  'python3-kazoo': () => hasModule('kazoo'),
  zsh: () => has('zsh'),
  fish: () => has('fish'),
  tcsh: () => has('tcsh'),
  csh: () => has('bsd-csh'),
  busybox: () => has('busybox'),
  sudo: () => has('sudo'),
  shellcheck: () => has('shellcheck'),
  chromium: () => has('chromium'),
  // Without a font the browser draws boxes, which have other widths than words.
  'fonts-dejavu-core': () => existsSync('/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'),
};

/** Debian packages that the lab, and with `forTests` the judges, need and this machine lacks. */
export async function missingPackages({ forTests }) {
  const wanted = [
    ...((await hasEngine()) ? [] : ['docker.io']),
    ...(has('mmdebstrap') ? [] : ['mmdebstrap']),
    ...(existsSync('/usr/share/keyrings/debian-archive-keyring.gpg')
      ? []
      : ['debian-archive-keyring']),
    ...(forTests ? Object.keys(judges).filter((name) => !judges[name]()) : []),
  ];
  if (wanted.length > 0 && !has('apt-get')) {
    throw new Stop(`this machine has no apt-get: install ${wanted.join(', ')} by hand`);
  }
  return wanted;
}

export async function installPackages(names) {
  if (!(await allKnown(names))) await updateLists();
  const argv = ['env', 'DEBIAN_FRONTEND=noninteractive', ...install, ...names];
  if ((await run(asRoot(argv), quietly)) === 0) return;
  // Lists of last month name versions that the mirror no longer has.
  await updateLists();
  await must(asRoot(argv), quietly);
}

/** A third-party source that fails must not stop us: what counts is whether the packages are found. */
async function updateLists() {
  await run(asRoot(['apt-get', 'update']));
}

async function allKnown(names) {
  for (const name of names) {
    const { stdout } = await read(['apt-cache', 'policy', name]);
    if (!/Candidate: (?!\(none\))/.test(stdout)) return false;
  }
  return true;
}

/** A client without an engine is no engine, and a client of another vendor works with Debian's. */
async function hasEngine() {
  if (!has('docker')) return false;
  const answers = (await read(asRoot(['docker', 'version']))).exitCode === 0;
  return answers || has('dockerd');
}

/** Of Debian's own Python: another one on the path would not see its packages. */
function hasModule(name) {
  return existsSync(`/usr/lib/python3/dist-packages/${name}`);
}

function has(program) {
  const path = `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`;
  return path.split(':').some((folder) => existsSync(`${folder}/${program}`));
}
