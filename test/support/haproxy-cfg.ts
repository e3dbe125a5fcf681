export interface HaproxySection {
  readonly kind: string;
  readonly name: string;
  /** Lines without indentation and comments. */
  readonly lines: readonly string[];
}

export interface Frontend {
  readonly name: string;
  readonly binds: readonly { readonly address: string; readonly port: number }[];
  readonly backend: string;
  readonly mode: string;
  readonly lines: readonly string[];
}

export interface Backend {
  readonly name: string;
  readonly mode: string;
  /** Undefined where only the connection is checked. */
  readonly check:
    { readonly method: string; readonly path: string; readonly body: string } | undefined;
  readonly expect: number | undefined;
  readonly servers: readonly {
    readonly name: string;
    readonly address: string;
    readonly port: number;
    readonly checked: boolean;
  }[];
}

export interface HaproxyCfg {
  readonly sections: readonly HaproxySection[];
  readonly frontends: readonly Frontend[];
  readonly backends: readonly Backend[];
}

const kinds = ['global', 'defaults', 'frontend', 'backend'];

/** Reads as much of haproxy.cfg as says what leads where; a line outside of a section is refused. */
export function parseHaproxy(text: string): HaproxyCfg {
  const sections: { kind: string; name: string; lines: string[] }[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.replace(/^\s*#.*$/, '').trim();
    if (line === '') continue;
    if (/^\s/.test(raw)) {
      const section = sections.at(-1);
      if (section === undefined) throw new Error(`line outside of a section: ${line}`);
      section.lines.push(line);
    } else {
      const [kind = '', name = ''] = line.split(' ');
      if (!kinds.includes(kind)) throw new Error(`unknown section: ${line}`);
      sections.push({ kind, name, lines: [] });
    }
  }
  const mode = only(sections, 'defaults', 'mode') ?? 'tcp';
  return {
    sections,
    frontends: sections.filter(({ kind }) => kind === 'frontend').map((s) => frontend(s, mode)),
    backends: sections.filter(({ kind }) => kind === 'backend').map((s) => backend(s, mode)),
  };
}

function only(sections: readonly HaproxySection[], kind: string, word: string) {
  return sections.filter((section) => section.kind === kind).flatMap((s) => rest(s, word))[0];
}

function rest({ lines }: HaproxySection, word: string): string[] {
  return lines
    .filter((line) => line.startsWith(`${word} `))
    .map((line) => line.slice(word.length + 1));
}

function frontend(section: HaproxySection, mode: string): Frontend {
  return {
    name: section.name,
    mode: rest(section, 'mode')[0] ?? mode,
    backend: rest(section, 'default_backend')[0] ?? '',
    lines: section.lines,
    binds: rest(section, 'bind').map(place),
  };
}

function place(text: string): { address: string; port: number } {
  const [address = '', port] = (text.split(' ')[0] ?? '').split(':');
  return { address, port: Number(port) };
}

function backend(section: HaproxySection, mode: string): Backend {
  const expect = /^expect status (\d+)$/.exec(rest(section, 'http-check').at(-1) ?? '')?.[1];
  return {
    name: section.name,
    mode: rest(section, 'mode')[0] ?? mode,
    check: checkOf(section),
    expect: expect === undefined ? undefined : Number(expect),
    servers: rest(section, 'server').map((line) => {
      const [name = '', where = '', ...words] = line.split(' ');
      return { name, ...place(where), checked: words.includes('check') };
    }),
  };
}

function checkOf(section: HaproxySection): Backend['check'] {
  const option = rest(section, 'option').find((line) => line.startsWith('httpchk'));
  if (option === undefined) return undefined;
  const sent = rest(section, 'http-check').find((line) => line.startsWith('send ')) ?? '';
  const [, optionMethod = 'OPTIONS', optionPath = '/'] = option.split(' ');
  return {
    method: / meth (\S+)/.exec(sent)?.[1] ?? optionMethod,
    path: / uri (\S+)/.exec(sent)?.[1] ?? optionPath,
    body: / body '([^']*)'/.exec(sent)?.[1] ?? '',
  };
}
