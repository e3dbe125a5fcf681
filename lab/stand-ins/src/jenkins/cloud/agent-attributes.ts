/**
 * `os:linux,zone:a`. A word without a colon throws, and so does one without a value, as Java's split does
 * (`LaunchCommandBuilder.buildAgentAttributesFilter`, plugin 2.0).
 */
export function parseAgentAttributes(text: string): ReadonlyMap<string, string> {
  if (text.trim() === '') return new Map();
  return new Map(
    text.split(',').map((pair) => {
      const [name = '', value] = pair.split(':');
      if (value === undefined || value === '') {
        throw new Error(
          'java.lang.ArrayIndexOutOfBoundsException: Index 1 out of bounds for length 1',
        );
      }
      return [name, value];
    }),
  );
}
