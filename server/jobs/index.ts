export { installJobs } from './install-jobs.ts';
export { JOB_NAMES, type JobName } from './job-names.ts';
export { type RunningJobs, type ScheduledJob, startJobs } from './start-jobs.ts';
