import type { CanaryBuild } from '../config/cluster-spec.ts';
import type { Ports } from '../ports.ts';

export interface CanaryJob {
  readonly name: string;
  /** `config.xml` of a freestyle job (Jenkins core 2.5xx). */
  readonly xml: string;
}

/** Enough to look at the last ones; each may hold artefacts. */
const keptBuilds = 5;

/** A job of its own for each label, so that two of them do not overwrite each other's definition. */
export function canaryJob(canary: CanaryBuild, label: string, quote: Ports['quote']): CanaryJob {
  return { name: `ci-cluster-canary-${label}`, xml: jobXml(canary, label, quote) };
}

function jobXml(canary: CanaryBuild, label: string, quote: Ports['quote']): string {
  return `<?xml version='1.1' encoding='UTF-8'?>
<project>
  <description>Written by ci-cluster, which runs it to see that builds work.</description>
  <keepDependencies>false</keepDependencies>
  <properties>
    <jenkins.model.BuildDiscarderProperty>
      <strategy class="hudson.tasks.LogRotator">
        <daysToKeep>-1</daysToKeep>
        <numToKeep>${keptBuilds}</numToKeep>
        <artifactDaysToKeep>-1</artifactDaysToKeep>
        <artifactNumToKeep>-1</artifactNumToKeep>
      </strategy>
    </jenkins.model.BuildDiscarderProperty>
  </properties>
  <scm class="hudson.scm.NullSCM"/>
  <assignedNode>${escaped(label)}</assignedNode>
  <canRoam>false</canRoam>
  <disabled>false</disabled>
  <blockBuildWhenDownstreamBuilding>false</blockBuildWhenDownstreamBuilding>
  <blockBuildWhenUpstreamBuilding>false</blockBuildWhenUpstreamBuilding>
  <triggers/>
  <concurrentBuild>false</concurrentBuild>
  <builders>
    <hudson.tasks.Shell>
      <command>${escaped(script(canary, quote))}</command>
    </hudson.tasks.Shell>
  </builders>
${publishers(canary)}
  <buildWrappers/>
</project>
`;
}

/** A build agent may be used again: what an older build left in the workspace is no part of this one. */
function script({ repository, run }: CanaryBuild, quote: Ports['quote']): string {
  const clone =
    repository === undefined
      ? []
      : [quote(['git', 'clone', '--depth', '1', '--', repository, '.'])];
  return [
    '#!/bin/sh',
    'set -eu',
    'cd "$WORKSPACE"',
    'find . -mindepth 1 -delete',
    ...clone,
    run,
    '',
  ].join('\n');
}

function publishers({ artifacts }: CanaryBuild): string {
  if (artifacts === undefined) return '  <publishers/>';
  return `  <publishers>
    <hudson.tasks.ArtifactArchiver>
      <artifacts>${escaped(artifacts)}</artifacts>
      <allowEmptyArchive>false</allowEmptyArchive>
      <onlyIfSuccessful>false</onlyIfSuccessful>
      <fingerprint>false</fingerprint>
      <defaultExcludes>true</defaultExcludes>
      <caseSensitive>true</caseSensitive>
    </hudson.tasks.ArtifactArchiver>
  </publishers>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** XML 1.1 allows control characters, but only as references. */
function escaped(text: string): string {
  return text.replace(
    /[&<>"\u0001-\u0008\u000B-\u001F\u007F-\u009F]/g,
    (sign) => entities[sign] ?? `&#${sign.charCodeAt(0)};`,
  );
}

/** Whether Jenkins has this job already. It adds `plugin` attributes and lays the text out anew. */
export function isSameJob(left: string, right: string): boolean {
  return normalised(left) === normalised(right);
}

function normalised(xml: string): string {
  return xml
    .replace(/^\s*<\?xml[^>]*\?>/, '')
    .replace(/ plugin="[^"]*"/g, '')
    .replace(/<([^\s/>]+)([^>]*)><\/\1>/g, '<$1$2/>')
    .replace(/>\s+</g, '><')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .trim();
}
