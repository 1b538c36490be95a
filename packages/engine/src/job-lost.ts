/** Thrown to leave a job that another node has, or will get. Nothing is to be written any more. */
export class JobLost extends Error {
  override readonly name = "JobLost";
}
