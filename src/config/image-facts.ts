/** What can be told from an image reference alone; undefined where its name does not tell. */
export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** Of a tag that begins with a version: `1.9.0-ubuntu`, `v1.10`. */
export function tagVersion(reference: string): Version | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(tagOf(reference) ?? '') ?? [];
  return major === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}

export function isOlder(one: Version, { major, minor }: Version): boolean {
  return one.major < major || (one.major === major && one.minor < minor);
}

/** Without registry host, tag and digest as they come: `jenkins/inbound-agent`. */
export function repositoryOf(reference: string): string {
  const [name = ''] = reference.split('@');
  return name.replace(/:[^:/]+$/, '');
}

/** Generation of Java that an image promises in its name, like `…:jdk21` or `amazoncorretto:8`. */
export function javaOf(reference: string): number | undefined {
  const tag = tagOf(reference) ?? '';
  const named = /(?:^|[^a-z])(?:jdk|jre|java)-?(\d{1,2})(?!\d)/.exec(tag)?.[1];
  const plain = /(?:^|\/)(?:openjdk|eclipse-temurin|amazoncorretto|ibm-semeru-runtimes)$/.test(
    repositoryOf(reference),
  )
    ? /^(\d{1,2})(?!\d)/.exec(tag)?.[1]
    : undefined;
  const found = named ?? plain;
  return found === undefined ? undefined : Number(found);
}

/** First releases that need it: LTS lines, as the requirements page of Jenkins lists them. */
const javaNeeded = [
  { core: { major: 2, minor: 555 }, java: 21 },
  { core: { major: 2, minor: 479 }, java: 17 },
  { core: { major: 2, minor: 361 }, java: 11 },
] as const;

/** Java that the core of a Jenkins image needs, and its build agents with it. */
export function javaNeededBy(jenkinsImage: string): number | undefined {
  const core = tagVersion(jenkinsImage);
  if (core?.major !== 2) return undefined;
  return javaNeeded.find((line) => !isOlder(core, line.core))?.java;
}

function tagOf(reference: string): string | undefined {
  return /:([^:/]+)$/.exec(reference.split('@')[0] ?? '')?.[1];
}
