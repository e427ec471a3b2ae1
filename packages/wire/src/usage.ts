/** A row of what GET /system/usage answers: what a function, or a namespace, used from one time to another. */
export interface UsageInfo {
  readonly from: string;
  readonly to: string;
  readonly namespace: string;
  /** Absent of a namespace. */
  readonly name?: string;
  readonly calls: number;
  readonly errors: number;
  readonly cold: number;
  readonly wakeSeconds: number;
  readonly gbSeconds: number;
  readonly cpuSeconds: number;
}
