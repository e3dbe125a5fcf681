/** Excluded by Ant's `DirectoryScanner` unless told otherwise, as far as builds have them. */
const defaultExcludes = '**/.git,**/.git/**,**/.svn,**/.svn/**,**/*~,**/.DS_Store';

/** Paths that the comma list of Ant patterns selects. */
export function selectFiles(
  paths: readonly string[],
  { artifacts, excludes }: { readonly artifacts: string; readonly excludes: string },
): string[] {
  const wanted = patterns(artifacts);
  const unwanted = [...patterns(excludes), ...patterns(defaultExcludes)];
  const fits = (path: string, list: readonly RegExp[]) => list.some((one) => one.test(path));
  return paths.filter((path) => fits(path, wanted) && !fits(path, unwanted));
}

function patterns(list: string): RegExp[] {
  return list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map(toRegExp);
}

/** `**` is any number of folders, `*` and `?` stay within one name; `x/` means `x/**`. */
function toRegExp(pattern: string): RegExp {
  const whole = pattern.endsWith('/') ? `${pattern}**` : pattern;
  const body = whole
    .split('/')
    .map((part, index, parts) => {
      const last = index === parts.length - 1;
      if (part === '**') return last ? '.*' : '(?:[^/]+/)*';
      const name = part
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replace(/\*/g, '[^/]*')
        .replace(/\?/g, '[^/]');
      return last ? name : `${name}/`;
    })
    .join('');
  return new RegExp(`^${body}$`);
}
