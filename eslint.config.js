import tseslint from 'typescript-eslint';

const layers = [
  'config',
  'cluster',
  'services',
  'plan',
  'health',
  'run',
  'build',
  'drill',
  'check',
  'report',
  'lab',
  'commands',
];
const pure = ['config', 'cluster', 'services', 'plan'];

const layerRules = layers.map((folder, index) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `/(${[...layers.slice(index + 1), 'adapters'].join('|')})/`,
            message: `src/${folder} must not know this layer`,
          },
          ...(pure.includes(folder)
            ? [{ regex: '^node:(?!crypto$)', message: `src/${folder} is pure` }]
            : []),
          ...(folder === 'commands'
            ? []
            : [{ regex: '^commander$', message: 'commander belongs to commands and cli' }]),
          ...(folder === 'report'
            ? []
            : [{ regex: '^(chalk|ora)$', message: 'words and colours belong to report' }]),
          {
            regex: '^(execa|ssh2|node-zookeeper-client)$',
            message: 'the outside world belongs to adapters',
          },
        ],
      },
    ],
  },
}));

const sizeRules = {
  'max-params': ['error', 3],
  'max-depth': ['error', 3],
  complexity: ['error', 10],
  'max-lines': ['error', { max: 250 }],
  'max-lines-per-function': ['error', 50],
};

const worldless = {
  'no-restricted-globals': [
    'error',
    ...['process', 'setTimeout', 'setInterval', 'setImmediate', 'fetch', 'performance'],
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'take the clock from ports' },
    { object: 'Math', property: 'random', message: 'take randomness from ports' },
  ],
  'no-restricted-syntax': [
    'error',
    {
      selector: "CallExpression[callee.property.name='reveal']",
      message: 'secrets are revealed in adapters only',
    },
    { selector: 'NewExpression[callee.name=Date][arguments.length=0]', message: 'take the clock' },
  ],
};

export default tseslint.config(
  { ignores: ['dist', '**/dist', '.lab', 'coverage', 'node_modules'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['vitest.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-console': 'error',
      ...sizeRules,
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/adapters/**', 'src/lab/**', 'src/main.ts'],
    rules: worldless,
  },
  ...layerRules,
  {
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: {
      ...Object.fromEntries(Object.keys(sizeRules).map((rule) => [rule, 'off'])),
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    rules: { ...sizeRules, 'no-undef': 'off' },
  },
);
