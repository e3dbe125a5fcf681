import type { Retention } from './builds/discard.ts';
import { child, childText, type Element } from './xml-tree.ts';

export interface Archive {
  /** Comma list of Ant patterns. */
  readonly artifacts: string;
  readonly excludes: string;
  readonly allowEmpty: boolean;
  readonly onlyIfSuccessful: boolean;
}

export interface Parameter {
  /** Last part of its class: `StringParameterDefinition` … */
  readonly kind: string;
  readonly name: string;
  readonly description: string;
  readonly defaultValue: string;
}

/** What a freestyle job does, from its `config.xml`. */
export interface JobConfig {
  readonly description: string;
  readonly disabled: boolean;
  readonly concurrent: boolean;
  /** Undefined: may run anywhere, which with no executors on the controller is nowhere. */
  readonly label: string | undefined;
  readonly parameters: readonly Parameter[];
  readonly shells: readonly string[];
  readonly archives: readonly Archive[];
  readonly retention: Retention | undefined;
  /** Seconds, if the job has its own. */
  readonly quietPeriod: number | undefined;
  /** Classes of steps and source control that this stand-in cannot run. */
  readonly unsupported: readonly string[];
}

const shell = 'hudson.tasks.Shell';
const archiver = 'hudson.tasks.ArtifactArchiver';
const noScm = ['hudson.scm.NullSCM', 'jenkins.scm.NullSCM', undefined];

export function readJobConfig(root: Element): JobConfig {
  const builders = child(root, 'builders')?.children ?? [];
  const publishers = child(root, 'publishers')?.children ?? [];
  const quietPeriod = childText(root, 'quietPeriod');
  return {
    description: childText(root, 'description') ?? '',
    disabled: isTrue(root, 'disabled'),
    concurrent: isTrue(root, 'concurrentBuild'),
    label: isTrue(root, 'canRoam') ? undefined : nonEmpty(childText(root, 'assignedNode')),
    parameters: parametersOf(root),
    shells: named(builders, shell).map((one) => child(one, 'command')?.text ?? ''),
    archives: named(publishers, archiver).map(archiveOf),
    retention: retentionOf(root),
    quietPeriod: quietPeriod === undefined ? undefined : Number(quietPeriod),
    unsupported: unsupported(root, [...builders, ...publishers]),
  };
}

function unsupported(root: Element, steps: readonly Element[]): string[] {
  const scm = child(root, 'scm')?.attributes['class'];
  return [
    ...(root.name === 'project' ? [] : [root.name]),
    ...(noScm.includes(scm) ? [] : [scm ?? '']),
    ...steps.map(({ name }) => name).filter((name) => name !== shell && name !== archiver),
  ];
}

function archiveOf(element: Element): Archive {
  return {
    artifacts: childText(element, 'artifacts') ?? '',
    excludes: childText(element, 'excludes') ?? '',
    allowEmpty: isTrue(element, 'allowEmptyArchive'),
    onlyIfSuccessful: isTrue(element, 'onlyIfSuccessful'),
  };
}

function parametersOf(root: Element): Parameter[] {
  const property = 'hudson.model.ParametersDefinitionProperty';
  const found = child(root, 'properties', property, 'parameterDefinitions')?.children ?? [];
  return found.map((one) => ({
    kind: one.name.split('.').at(-1) ?? '',
    name: childText(one, 'name') ?? '',
    description: childText(one, 'description') ?? '',
    defaultValue: child(one, 'defaultValue')?.text ?? firstChoice(one) ?? '',
  }));
}

function firstChoice(parameter: Element): string | undefined {
  return child(parameter, 'choices', 'a')?.children[0]?.text;
}

/** As a property since 1.637; old jobs have it at the top. */
function retentionOf(root: Element): Retention | undefined {
  const rotator =
    child(root, 'properties', 'jenkins.model.BuildDiscarderProperty', 'strategy') ??
    child(root, 'logRotator');
  if (rotator === undefined) return undefined;
  return {
    builds: limit(childText(rotator, 'numToKeep')),
    days: limit(childText(rotator, 'daysToKeep')),
  };
}

/** -1 and nothing: no limit. */
export function limit(value: string | undefined): number | undefined {
  const number = Number(value ?? '');
  return Number.isInteger(number) && number > 0 ? number : undefined;
}

function named(elements: readonly Element[], name: string): Element[] {
  return elements.filter((one) => one.name === name);
}

function isTrue(element: Element, name: string): boolean {
  return childText(element, name) === 'true';
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
