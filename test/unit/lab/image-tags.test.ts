import { describe, expect, test } from 'vitest';
import { tagsOf, type BuildFiles } from '../../../src/lab/image-tags.ts';
import { recipes, type Recipe } from '../../../src/lab/recipes.ts';

const text = (content: string) => new TextEncoder().encode(content);

describe('tags of images', () => {
  const files =
    (changed?: string) =>
    ({ name }: Recipe): BuildFiles =>
      new Map([['Dockerfile', text(name === changed ? 'changed' : name)]]);
  const before = tagsOf(recipes, files(), 'seed');
  const changedBy = (after: ReadonlyMap<string, string>) =>
    [...after.keys()].filter((name) => after.get(name) !== before.get(name));

  test('stay the same for the same content', () => {
    expect(changedBy(tagsOf(recipes, files(), 'seed'))).toEqual([]);
  });

  test('change with the files of an image and of what it is built on', () => {
    expect(changedBy(tagsOf(recipes, files('marathon'), 'seed'))).toEqual(['marathon']);
    expect(changedBy(tagsOf(recipes, files('node'), 'seed'))).toEqual([
      ...['node', 'mesos-master', 'mesos-agent', 'marathon', 'jenkins'],
    ]);
  });

  test('all change with the base', () => {
    expect(changedBy(tagsOf(recipes, files(), 'other mirror'))).toHaveLength(recipes.length);
  });
});
