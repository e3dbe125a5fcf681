/** The checks of Mesos' `roles::validate` in its order (src/common/roles.cpp, 1.11). */
export function roleFault(role: string): string | undefined {
  if (role === '*') return undefined;
  if (role === '') return 'Empty role name is invalid';
  if (role.startsWith('/')) return `Role '${role}' cannot start with a slash`;
  if (role.endsWith('/')) return `Role '${role}' cannot end with a slash`;
  if (role.startsWith('-')) return `Role '${role}' cannot start with '-'`;
  if (role === '.' || role === '..') return `Role '${role}' is invalid`;
  return undefined;
}
