//! What each role is answered. A new mutation, or a query that not everybody may ask, gets a row here.

/// Columns: nobody, a student, the lecturer, the admin of the school, the auditor.
pub const WHO: [&str; 5] = ["", "student", "lecturer", "admin", "auditor"];

/// The name, with a `?` before that of a query; what is asked; the code for each of [`WHO`].
pub type Row = (&'static str, &'static str, [&'static str; 5]);

/// What is named is not there, or not theirs to see: whoever is signed in learns no more.
const HIDDEN: [&str; 5] = ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"];
/// Of admins alone.
const ADMIN: [&str; 5] = ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "FORBIDDEN"];
/// Of those in charge, and of who audits them.
const CHARGE: [&str; 5] = ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok", "ok"];
/// Admins alone get as far as to what is wrong with it.
const ADMIN_MISSING: [&str; 5] = ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "NOT_FOUND", "FORBIDDEN"];

/// `ok` is an answer or a refusal that has nothing to do with who asks. Ids are well formed and name nothing, so what is allowed is NOT_FOUND.
pub const TABLE: &[Row] = &[
    ("signIn", "signIn(username: \"nobody\", password: \"x\") { viewer { id } }", ["UNAUTHENTICATED"; 5]),
    ("signOut", "signOut", ["ok"; 5]),
    (
        "changePassword",
        "changePassword(current: \"x\", new: \"y\") { viewer { id } }",
        ["UNAUTHENTICATED", "INVALID", "INVALID", "INVALID", "INVALID"],
    ),
    ("openStudy", "openStudy(lessonId: \"les_0\") { id }", HIDDEN),
    ("heartbeat", "heartbeat(input: { studyId: \"std_0\", seq: 1, spans: [] }) { nextSeq }", HIDDEN),
    (
        "createCourse",
        "createCourse(input: { title: \"\" }) { course { id } }",
        ["UNAUTHENTICATED", "FORBIDDEN", "INVALID", "FORBIDDEN", "FORBIDDEN"],
    ),
    ("addChapter", "addChapter(courseId: \"crs_0\", title: \"一\") { chapter { id } }", HIDDEN),
    (
        "addVideoLesson",
        "addVideoLesson(chapterId: \"chp_0\", input: { title: \"一\", assetId: \"ast_0\" }) { lesson { id } }",
        HIDDEN,
    ),
    (
        "addReadingLesson",
        "addReadingLesson(chapterId: \"chp_0\", input: { title: \"一\", body: \"文\" }) { lesson { id } }",
        HIDDEN,
    ),
    (
        "addCaptions",
        "addCaptions(lessonId: \"les_0\", input: { language: \"zh\", label: \"中\", vtt: \"x\" }) { lesson { id } }",
        HIDDEN,
    ),
    ("publishCourse", "publishCourse(id: \"crs_0\") { course { id } }", HIDDEN),
    ("labelCourse", "labelCourse(id: \"crs_0\", input: { tags: [], stages: [] }) { course { id } }", HIDDEN),
    ("withdrawCourse", "withdrawCourse(id: \"crs_0\") { course { id } }", HIDDEN),
    ("updateCourse", "updateCourse(id: \"crs_0\", input: {}) { course { id } }", HIDDEN),
    ("renameChapter", "renameChapter(id: \"chp_0\", title: \"一\") { chapter { id } }", HIDDEN),
    ("deleteChapter", "deleteChapter(id: \"chp_0\")", HIDDEN),
    ("updateLesson", "updateLesson(id: \"les_0\", input: {}) { lesson { id } }", HIDDEN),
    ("moveLesson", "moveLesson(id: \"les_0\", chapterId: \"chp_0\", position: 0)", HIDDEN),
    ("deleteLesson", "deleteLesson(id: \"les_0\")", HIDDEN),
    (
        "createUpload",
        "createUpload(input: { fileName: \"\", purpose: VIDEO }) { uploadUrl }",
        ["UNAUTHENTICATED", "FORBIDDEN", "INVALID", "FORBIDDEN", "FORBIDDEN"],
    ),
    (
        "?uploadSpace",
        "uploadSpace { used quota largest { purpose bytes } }",
        ["UNAUTHENTICATED", "FORBIDDEN", "ok", "ok", "FORBIDDEN"],
    ),
    ("requestExport", "requestExport(input: { kind: CREDIT_REPORT, format: CSV }) { export { id } }", CHARGE),
    (
        "importRoster",
        "importRoster(input: { assetId: \"ast_0\", dryRun: true }) { import { id } }",
        ["UNAUTHENTICATED", "UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"],
    ),
    ("answerCheck", "answerCheck(checkId: \"chk_0\", option: \"a\") { passed }", HIDDEN),
    ("extendCheck", "extendCheck(checkId: \"chk_0\") { deadlineMs }", HIDDEN),
    (
        "addQuestion",
        "addQuestion(lessonId: \"les_0\", input: { start: 0, end: 1, prompt: \"问\", options: [], right: 0 }) { lesson { id } }",
        HIDDEN,
    ),
    (
        "updateQuestion",
        "updateQuestion(id: \"qst_0\", input: { start: 0, end: 1, prompt: \"问\", options: [], right: 0 }) { lesson { id } }",
        HIDDEN,
    ),
    ("removeQuestion", "removeQuestion(id: \"qst_0\") { lesson { id } }", HIDDEN),
    ("releasePending", "releasePending(lessonId: \"les_0\", studentId: \"per_0\") { lesson { id } }", HIDDEN),
    (
        "addRulePack",
        "addRulePack(toml: \"x\") { pack { id } }",
        ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "INVALID", "FORBIDDEN"],
    ),
    ("confirmBasis", "confirmBasis(version: \"x\", path: \"x\", note: \"已核对\") { pack { id } }", ADMIN_MISSING),
    ("startDryRun", "startDryRun(version: \"x\") { dryRun { id } }", ADMIN_MISSING),
    ("activateRulePack", "activateRulePack(version: \"x\", from: \"2026-12-01\") { pack { id } }", ADMIN_MISSING),
    (
        "proposeAdjustment",
        "proposeAdjustment(input: { studentId: \"per_0\", measure: POINTS, amount: \"1\", reason: \"x\" }) { adjustment { id } }",
        HIDDEN,
    ),
    ("approveAdjustment", "approveAdjustment(id: \"adj_0\") { adjustment { id } }", HIDDEN),
    ("rejectAdjustment", "rejectAdjustment(id: \"adj_0\", reason: \"依据不足\") { adjustment { id } }", HIDDEN),
    ("approveGrant", "approveGrant(id: \"wtg_0\") { entries { id } }", HIDDEN),
    ("rejectGrant", "rejectGrant(id: \"wtg_0\", reason: \"与上篇雷同\")", HIDDEN),
    ("checkObjects", "checkObjects { objects }", ADMIN),
    ("verifyLedger", "verifyLedger { entries }", CHARGE),
    ("appealEntry", "appealEntry(entryId: \"ent_0\", reason: \"请再核对\") { appeal { id } }", HIDDEN),
    ("appealSpans", "appealSpans(lessonId: \"les_0\", spans: [], reason: \"请再核对\") { appeal { id } }", HIDDEN),
    ("withdrawAppeal", "withdrawAppeal(id: \"apl_0\") { appeal { id } }", HIDDEN),
    (
        "answerAppeal",
        "answerAppeal(id: \"apl_0\", input: { accept: true, answer: \"已核对无误\" }) { appeal { id } }",
        HIDDEN,
    ),
    (
        "setBoard",
        "setBoard(shown: false) { viewer { id } }",
        ["UNAUTHENTICATED", "ok", "FORBIDDEN", "FORBIDDEN", "FORBIDDEN"],
    ),
    (
        "setWeeklyGoal",
        "setWeeklyGoal(days: 0) { viewer { id } }",
        ["UNAUTHENTICATED", "INVALID", "INVALID", "INVALID", "INVALID"],
    ),
    ("setPlay", "setPlay(play: BOARDS) { school { play } }", ADMIN),
    (
        "addFreeze",
        "addFreeze(input: { title: \"\", from: \"2026-12-01\", to: \"2026-12-02\" }) { freeze { id } }",
        ["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "INVALID", "FORBIDDEN"],
    ),
    ("removeFreeze", "removeFreeze(id: \"frz_0\")", HIDDEN),
    (
        "addGoal",
        "addGoal(input: { unitId: \"unt_0\", title: \"一\", measure: LESSONS, target: 1, from: \"2026-12-01\", to: \"2026-12-02\" }) { goal { id } }",
        HIDDEN,
    ),
    ("endGoal", "endGoal(id: \"gol_0\") { goal { id } }", HIDDEN),
    ("reviewFlag", "reviewFlag(id: \"flg_0\", note: \"已了解\") { flag { id } }", ADMIN_MISSING),
    ("?tryFact", "tryFact(input: { version: \"x\", event: \"minute\" }) { grants { note } }", ADMIN_MISSING),
    ("?dryRuns", "dryRuns { id }", ADMIN),
    ("?dryRun", "dryRun(id: \"dry_0\") { id }", HIDDEN),
    ("?adjustments", "adjustments(first: 1) { nodes { id } }", CHARGE),
    ("?adjustment", "adjustment(id: \"adj_0\") { id }", HIDDEN),
    ("?waitingGrants", "waitingGrants(first: 1) { nodes { id } }", ADMIN),
    ("?appeals", "appeals(first: 1) { nodes { id } }", CHARGE),
    ("?appeal", "appeal(id: \"apl_0\") { id }", HIDDEN),
    ("?studyFlags", "studyFlags(first: 1) { nodes { id } }", CHARGE),
    ("?students", "students(query: \"a\", first: 1) { id }", ADMIN),
    ("?creditReport", "creditReport(filter: {}) { asOf }", CHARGE),
    ("?literacyReport", "literacyReport { term { id } }", CHARGE),
    ("?auditLog", "auditLog(first: 1) { nodes { id } }", CHARGE),
    ("?objectCheck", "objectCheck { objects }", ADMIN),
    ("?ledgerHealth", "ledgerHealth { entries }", CHARGE),
    ("?export", "export(id: \"exp_0\") { id }", HIDDEN),
    ("editCue", "editCue(input: { captionsId: \"cap_0\", version: \"\", index: 0 }) { track { id } }", HIDDEN),
    ("removeCaptions", "removeCaptions(lessonId: \"les_0\", language: \"zh-CN\")", HIDDEN),
    ("recogniseCaptions", "recogniseCaptions(lessonId: \"les_0\", language: \"zh-CN\") { draft { id } }", HIDDEN),
    ("confirmCaptions", "confirmCaptions(draftId: \"cap_0\", label: \"中\") { lesson { id } }", HIDDEN),
    ("discardCaptions", "discardCaptions(draftId: \"cap_0\")", HIDDEN),
    ("?lessonCaptions", "lessonCaptions(lessonId: \"les_0\") { recognises }", HIDDEN),
    ("?readingPreview", "readingPreview(courseId: \"crs_0\", format: MARKDOWN, body: \"文\") { html }", HIDDEN),
    ("?readingText", "readingText(lessonId: \"les_0\") { html }", HIDDEN),
    (
        "?readingVersions",
        "readingVersions(lessonIds: [\"les_0\"]) { version }",
        ["UNAUTHENTICATED", "ok", "ok", "ok", "ok"],
    ),
    ("setReviewPolicy", "setReviewPolicy(policy: NONE)", ADMIN),
    ("approveSubmission", "approveSubmission(id: \"sub_0\") { course { id } }", HIDDEN),
    ("sendBackSubmission", "sendBackSubmission(id: \"sub_0\", reason: \"请补充\") { course { id } }", HIDDEN),
    ("draftCourse", "draftCourse(id: \"crs_0\") { course { id } }", HIDDEN),
    ("discardDraft", "discardDraft(id: \"crs_0\") { course { id } }", HIDDEN),
    ("replaceAsset", "replaceAsset(id: \"ast_0\", byId: \"ast_0\") { waits }", HIDDEN),
    ("deleteAsset", "deleteAsset(id: \"ast_0\") { item { sizeKb } }", HIDDEN),
    ("restoreAsset", "restoreAsset(id: \"ast_0\") { item { sizeKb } }", HIDDEN),
    ("?reviewPolicy", "reviewPolicy", ["UNAUTHENTICATED", "ok", "ok", "ok", "ok"]),
    ("?submissions", "submissions(first: 1) { totalCount }", ADMIN),
    ("?submission", "submission(id: \"sub_0\") { id }", HIDDEN),
    ("?courseVersion", "courseVersion(courseId: \"crs_0\", number: 1) { number }", HIDDEN),
    ("?library", "library(first: 1) { totalCount }", ["UNAUTHENTICATED", "FORBIDDEN", "ok", "ok", "FORBIDDEN"]),
    ("?libraryItem", "libraryItem(id: \"ast_0\") { sizeKb }", HIDDEN),
    ("?asset", "asset(id: \"ast_0\") { id }", HIDDEN),
];
