import { child, childText, parseXml, type Element } from '../xml-tree.ts';
import { encodeEntities } from '../xml.ts';
import type { Build, Result } from './build.ts';

/** `build.xml` as core writes it for a freestyle build (core 2.5xx). */
export function toBuildXml(build: Build, version: string): string {
  const { queueId, timestamp, result, durationMs, builtOn, workspace } = build;
  return [
    "<?xml version='1.1' encoding='UTF-8'?>",
    '<build>',
    '  <actions>',
    ...causeXml(build.user),
    ...parametersXml(build.parameters),
    '  </actions>',
    `  <queueId>${queueId}</queueId>`,
    `  <timestamp>${timestamp}</timestamp>`,
    `  <startTime>${timestamp}</startTime>`,
    ...(result === undefined ? [] : [`  <result>${result}</result>`]),
    `  <duration>${durationMs}</duration>`,
    '  <charset>UTF-8</charset>',
    '  <keepLog>false</keepLog>',
    `  <builtOn>${encodeEntities(builtOn)}</builtOn>`,
    `  <workspace>${encodeEntities(workspace)}</workspace>`,
    `  <hudsonVersion>${version}</hudsonVersion>`,
    '  <scm class="hudson.scm.NullSCM"/>',
    '  <culprits class="com.google.common.collect.EmptyImmutableSortedSet"/>',
    '</build>',
    '',
  ].join('\n');
}

function causeXml(user: string): string[] {
  return [
    '    <hudson.model.CauseAction>',
    '      <causeBag class="linked-hash-map">',
    '        <entry>',
    '          <hudson.model.Cause_-UserIdCause>',
    `            <userId>${encodeEntities(user)}</userId>`,
    '          </hudson.model.Cause_-UserIdCause>',
    '          <int>1</int>',
    '        </entry>',
    '      </causeBag>',
    '    </hudson.model.CauseAction>',
  ];
}

function parametersXml(parameters: Build['parameters']): string[] {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return [];
  return [
    '    <hudson.model.ParametersAction>',
    '      <parameters>',
    ...entries.flatMap(([name, value]) => [
      '        <hudson.model.StringParameterValue>',
      `          <name>${encodeEntities(name)}</name>`,
      `          <value>${encodeEntities(value)}</value>`,
      '        </hudson.model.StringParameterValue>',
    ]),
    '      </parameters>',
    '    </hudson.model.ParametersAction>',
  ];
}

/** A record without a result was running when its controller died: `Run` takes that for a failure. */
export function fromBuildXml(job: string, number: number, xml: string): Build | undefined {
  const root = parseXml(xml);
  if (root === undefined) return undefined;
  const actions = child(root, 'actions');
  const entry = child(actions, 'hudson.model.CauseAction', 'causeBag', 'entry');
  return {
    job,
    number,
    queueId: Number(childText(root, 'queueId')),
    timestamp: Number(childText(root, 'timestamp')),
    result: (childText(root, 'result') ?? 'FAILURE') as Result,
    durationMs: Number(childText(root, 'duration')),
    builtOn: childText(root, 'builtOn') ?? '',
    executor: -1,
    workspace: childText(root, 'workspace') ?? '',
    user: childText(entry, 'hudson.model.Cause_-UserIdCause', 'userId') ?? 'unknown',
    parameters: parametersOf(actions),
  };
}

function parametersOf(actions: Element | undefined): Record<string, string> {
  const values = child(actions, 'hudson.model.ParametersAction', 'parameters')?.children ?? [];
  return Object.fromEntries(
    values.map((one) => [childText(one, 'name') ?? '', child(one, 'value')?.text ?? '']),
  );
}
