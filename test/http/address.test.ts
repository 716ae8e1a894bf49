import { expect, test } from "vitest";
import { subnetOf } from "../../src/http/address.js";

test.each([
  { address: "192.0.2.7", subnet: "192.0.2.7" },
  { address: "::ffff:192.0.2.7", subnet: "192.0.2.7" },
  { address: "::1", subnet: "::1" },
  { address: "2001:db8:1:2:3:4:5:6", subnet: "2001:db8:1:2::/64" },
  { address: "2001:db8:1:2::7", subnet: "2001:db8:1:2::/64" },
  { address: "2001:db8::7", subnet: "2001:db8::/64" },
  { address: "2001:db8:0:1::", subnet: "2001:db8:0:1::/64" },
  { address: "fe80::1%eth0", subnet: "fe80::/64" },
  { address: "64:ff9b::192.0.2.7", subnet: "64:ff9b::/64" },
  { address: "", subnet: "" },
])("$address is counted as $subnet", ({ address, subnet }) => {
  expect(subnetOf(address)).toBe(subnet);
});
