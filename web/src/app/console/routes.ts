// Every page of the console, with who may open it. Each is a chunk of its own; add a page by adding a line here and in navigation.ts.
import type { RouteRecordRaw } from 'vue-router'
import type { Role } from '@/shared/gql/app/graphql'
import { t } from './zh-CN'

const teaching: Role[] = ['LECTURER', 'ADMIN']
const reporting: Role[] = ['ADMIN', 'AUDITOR']
const admin: Role[] = ['ADMIN']
const message = () => import('@/app/MessagePage.vue')

export const routes: RouteRecordRaw[] = [
  {
    path: '/sign-in',
    name: 'sign-in',
    meta: { title: t('signIn'), open: true },
    component: () => import('@/features/identity/SignInPage.vue'),
    props: { place: 'console' },
  },
  {
    path: '/password',
    name: 'password',
    meta: { title: t('password') },
    component: () => import('@/features/identity/PasswordPage.vue'),
  },
  { path: '/no-entry', name: 'no-entry', component: message, props: { kind: 'noEntry' } },
  {
    path: '/',
    component: () => import('./ConsoleShell.vue'),
    children: [
      {
        path: '',
        name: 'overview',
        meta: { title: t('overview') },
        component: () => import('@/features/reports/console/OverviewPage.vue'),
      },
      {
        path: 'courses',
        name: 'courses',
        meta: { title: t('courses'), roles: teaching },
        component: () => import('@/features/catalogue/console/CoursesPage.vue'),
      },
      {
        path: 'courses/:id',
        name: 'course',
        meta: { title: t('course'), roles: teaching },
        component: () => import('@/features/catalogue/console/CourseEditorPage.vue'),
        props: true,
      },
      {
        path: 'courses/:id/versions',
        name: 'courseHistory',
        meta: { title: t('courseHistory'), roles: teaching },
        component: () => import('@/features/review/console/HistoryPage.vue'),
        props: true,
      },
      {
        path: 'courses/:id/versions/:number',
        name: 'courseVersion',
        meta: { title: t('courseHistory'), roles: teaching },
        component: () => import('@/features/review/console/VersionPage.vue'),
        props: true,
      },
      {
        path: 'reviews',
        name: 'reviews',
        meta: { title: t('reviews'), roles: admin },
        component: () => import('@/features/review/console/ReviewsPage.vue'),
      },
      {
        path: 'reviews/:id',
        name: 'review',
        meta: { title: t('review'), roles: teaching },
        component: () => import('@/features/review/console/ReviewPage.vue'),
        props: true,
      },
      {
        path: 'assets',
        name: 'assets',
        meta: { title: t('assets'), roles: teaching },
        component: () => import('@/features/media/console/AssetsPage.vue'),
      },
      {
        path: 'library',
        name: 'library',
        meta: { title: t('library'), roles: teaching },
        component: () => import('@/features/media/console/LibraryPage.vue'),
      },
      {
        path: 'reports/credits',
        name: 'creditReport',
        meta: { title: t('creditReport'), roles: reporting },
        component: () => import('@/features/reports/console/CreditReportPage.vue'),
      },
      {
        path: 'reports/literacy',
        name: 'literacyReport',
        meta: { title: t('literacyReport'), roles: reporting },
        component: () => import('@/features/evaluation/console/LiteracyReportPage.vue'),
      },
      {
        path: 'appeals',
        name: 'appeals',
        meta: { title: t('appeals'), roles: reporting },
        component: () => import('@/features/appeals/console/AppealsPage.vue'),
      },
      {
        path: 'adjustments',
        name: 'adjustments',
        meta: { title: t('adjustments'), roles: reporting },
        component: () => import('@/features/credits/console/AdjustmentsPage.vue'),
      },
      {
        path: 'waiting',
        name: 'waitingGrants',
        meta: { title: t('waitingGrants'), roles: admin },
        component: () => import('@/features/credits/console/WaitingGrantsPage.vue'),
      },
      {
        path: 'study-flags',
        name: 'studyFlags',
        meta: { title: t('studyFlags'), roles: admin },
        component: () => import('@/features/learning/console/StudyFlagsPage.vue'),
      },
      {
        path: 'rules',
        name: 'rules',
        meta: { title: t('rules') },
        component: () => import('@/features/credits/console/RulePacksPage.vue'),
      },
      {
        path: 'rules/add',
        name: 'addRulePack',
        meta: { title: t('addRulePack'), roles: admin },
        component: () => import('@/features/credits/console/AddRulePackPage.vue'),
      },
      {
        path: 'rules/:version',
        name: 'rulePack',
        meta: { title: t('rulePack') },
        component: () => import('@/features/credits/console/RulePackPage.vue'),
        props: true,
      },
      {
        path: 'play',
        name: 'play',
        meta: { title: t('play'), roles: admin },
        component: () => import('@/features/gamification/console/PlayPage.vue'),
      },
      {
        path: 'objects',
        name: 'objects',
        meta: { title: t('objects'), roles: admin },
        component: () => import('@/features/media/console/ObjectsPage.vue'),
      },
      {
        path: 'ledger',
        name: 'ledger',
        meta: { title: t('ledger'), roles: reporting },
        component: () => import('@/features/credits/console/LedgerPage.vue'),
      },
      {
        path: 'audit',
        name: 'audit',
        meta: { title: t('audit'), roles: reporting },
        component: () => import('@/features/reports/console/AuditPage.vue'),
      },
      { path: 'not-allowed', name: 'not-allowed', component: message, props: { kind: 'notAllowed' } },
      { path: ':rest(.*)*', name: 'lost', component: message, props: { kind: 'lost' } },
    ],
  },
]
