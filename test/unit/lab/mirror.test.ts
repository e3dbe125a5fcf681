import { describe, expect, test } from 'vitest';
import { baseSeed, bootstrapArgv } from '../../../src/lab/bootstrap.ts';
import { debianMirror, sourceLines } from '../../../src/lab/mirror.ts';

const deb822 = `\
Types: deb
# comment
URIs: http://mirror.example/debian/
Suites: trixie trixie-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: trixie-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;

describe("the machine's mirror of Debian", () => {
  test('is taken from deb822 sources, for the release of the lab', () => {
    expect(sourceLines(debianMirror([deb822], ''))).toBe(
      [
        'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian bookworm main',
        'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian bookworm-updates main',
        'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian-security bookworm-security main',
        '',
      ].join('\n'),
    );
  });

  test('is taken from one-line sources', () => {
    const text = [
      '# deb http://old.example/debian bookworm main',
      'deb-src http://mirror.example/debian bookworm main',
      'deb http://mirror.example/debian bookworm main non-free-firmware',
      'deb http://security.example/debian-security bookworm-security main',
    ].join('\n');
    expect(debianMirror([text], '')).toMatchObject({
      main: 'http://mirror.example/debian',
      security: 'http://security.example/debian-security',
    });
  });

  test('is not the source of another vendor', () => {
    const vendors = [
      'deb [signed-by=/etc/apt/keyrings/docker.asc] https://download.example/linux/debian bookworm stable',
      'deb [signed-by=/etc/apt/keyrings/runner.asc] https://packages.example/runner/debian bookworm main',
      'deb https://deb.example/node_20.x nodistro main',
    ];
    expect(debianMirror([...vendors, deb822], '').main).toBe('http://mirror.example/debian');
  });

  test('is demanded where the machine is no Debian', () => {
    const ubuntu = 'deb http://archive.example/ubuntu jammy main universe';
    expect(() => debianMirror([ubuntu], '')).toThrow('no Debian mirror');
  });

  test('with keys of its own brings them along', () => {
    const text =
      'deb [arch=amd64 signed-by=/etc/apt/keyrings/own.gpg] http://own.example/debian bookworm main';
    const mirror = debianMirror([text], '');
    expect(sourceLines(mirror)).toContain('[signed-by=/etc/apt/keyrings/own.gpg]');
    expect(bootstrapArgv(mirror, '/x.tar').argv.join('\n')).toContain(
      `--setup-hook=mkdir -p "$1"/$(dirname '/etc/apt/keyrings/own.gpg')`,
    );
  });

  test('keeps proxies and date checks of apt, and nothing else', () => {
    const dump = [
      'APT::Architecture "amd64";',
      'Acquire::http::Proxy "http://proxy.example:3128";',
      'Acquire::http::Proxy::mirror.example "DIRECT";',
      'Acquire::http::Proxy-Auto-Detect "/usr/bin/auto-apt-proxy";',
      'Acquire::Check-Valid-Until "false";',
      'Acquire::Languages "none";',
    ].join('\n');
    expect(debianMirror([deb822], dump).options).toEqual([
      'Acquire::http::Proxy "http://proxy.example:3128";',
      'Acquire::http::Proxy::mirror.example "DIRECT";',
      'Acquire::Check-Valid-Until "false";',
    ]);
  });

  test('is part of what the base image is known by', () => {
    const other = 'deb http://other.example/debian bookworm main';
    expect(baseSeed(debianMirror([deb822], ''))).not.toBe(baseSeed(debianMirror([other], '')));
  });
});
