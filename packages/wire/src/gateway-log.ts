/** A line of GET /system/gateway-log (an array, oldest first): what the gateway said of itself since it started. */
export interface GatewayLogLine {
  readonly at: string;
  readonly level: 'info' | 'problem';
  readonly message: string;
}
