// Every page of the student app. Each is a chunk of its own; add a page by adding a line.
import type { RouteRecordRaw } from 'vue-router'
import HomePage from '@/features/learning/student/HomePage.vue'
import StudentShell from './StudentShell.vue'
import { t } from './zh-CN'

const lost = () => import('@/app/MessagePage.vue')

export const routes: RouteRecordRaw[] = [
  {
    path: '/sign-in',
    name: 'sign-in',
    meta: { title: t('signIn'), open: true },
    component: () => import('@/features/identity/SignInPage.vue'),
    props: { place: 'student' },
  },
  {
    path: '/password',
    name: 'password',
    meta: { title: t('password') },
    component: () => import('@/features/identity/PasswordPage.vue'),
  },
  {
    path: '/',
    component: StudentShell,
    children: [
      // The first page comes with the app: one request less, and smaller than in pieces.
      { path: '', name: 'home', component: HomePage },
      {
        path: 'courses',
        name: 'courses',
        meta: { title: t('courses') },
        component: () => import('@/features/catalogue/student/CoursesPage.vue'),
      },
      {
        path: 'courses/:id',
        name: 'course',
        meta: { title: t('courses') },
        component: () => import('@/features/catalogue/student/CoursePage.vue'),
        props: true,
      },
      {
        path: 'lessons/:id',
        name: 'lesson',
        meta: { title: t('lesson'), bare: true },
        component: () => import('@/features/learning/student/StudyPage.vue'),
        props: true,
      },
      {
        path: 'search',
        name: 'search',
        meta: { title: t('search') },
        component: () => import('@/features/search/student/SearchPage.vue'),
      },
      {
        path: 'credits',
        name: 'credits',
        meta: { title: t('credits') },
        component: () => import('@/features/credits/student/CreditsPage.vue'),
      },
      {
        path: 'credits/appeals',
        name: 'appeals',
        meta: { title: t('appeals') },
        component: () => import('@/features/appeals/student/AppealsPage.vue'),
      },
      {
        path: 'credits/appeals/new',
        name: 'appeal-new',
        meta: { title: t('appealNew') },
        component: () => import('@/features/appeals/student/AppealNewPage.vue'),
      },
      {
        path: 'growth',
        name: 'growth',
        meta: { title: t('growth') },
        component: () => import('@/features/evaluation/student/GrowthPage.vue'),
      },
      {
        path: 'growth/play',
        name: 'play',
        meta: { title: t('play') },
        component: () => import('@/features/gamification/student/PlayPage.vue'),
      },
      {
        path: 'me',
        name: 'me',
        meta: { title: t('me') },
        component: () => import('@/features/identity/student/MePage.vue'),
      },
      {
        path: 'saved',
        name: 'saved',
        meta: { title: t('saved'), offline: true },
        component: () => import('@/features/learning/student/SavedPage.vue'),
      },
      {
        path: 'saved/:id',
        name: 'saved-reading',
        meta: { title: t('saved'), bare: true, offline: true },
        component: () => import('@/features/learning/student/SavedReader.vue'),
        props: true,
      },
      { path: ':rest(.*)*', name: 'lost', component: lost, props: { kind: 'lost' } },
    ],
  },
]
