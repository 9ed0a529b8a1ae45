// Lints that find faults; how code looks is prettier's business alone.
import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

const otherFeature = {
  regex: '^@/features/',
  message:
    'A feature imports design, shared and app, never another feature. Inside your own, import relatively.',
}
const consoleOnly = {
  regex: '^(element-plus|@element-plus|tus-js-client)|/console/',
  message: 'The student app stays small: nothing of the console.',
}
const studentOnly = { regex: '/student/', message: 'The console takes nothing from the student app.' }
const restrict = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] })

export default ts.config(
  { ignores: ['dist', 'src/shared/gql', 'test-results', 'playwright-report'] },
  ...ts.configs.strict,
  ...vue.configs['flat/essential'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    rules: {
      'max-lines': ['error', 400],
      'no-warning-comments': 'error',
      'no-console': ['error', { allow: ['error', 'warn'] }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'vue/multi-word-component-names': 'off',
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-macros-order': 'error',
      'vue/no-v-html': 'error',
      'vue/no-unused-refs': 'error',
      'vue/no-useless-v-bind': 'error',
      'vue/require-typed-ref': 'error',
      'vue/no-static-inline-styles': 'error',
      '@typescript-eslint/no-dynamic-delete': 'off',
    },
  },
  {
    files: ['src/{design,shared}/**'],
    rules: restrict(otherFeature, {
      regex: '^@/app/',
      message: 'design and shared know nothing of the app.',
    }),
  },
  { files: ['src/features/**'], rules: restrict(otherFeature) },
  { files: ['src/features/*/student/**'], rules: restrict(otherFeature, consoleOnly) },
  { files: ['src/features/*/console/**'], rules: restrict(otherFeature, studentOnly) },
  { files: ['scripts/**'], rules: { 'no-console': 'off' } },
)
