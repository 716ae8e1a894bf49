import { expect, test } from "vitest";
import { parseYaml } from "../../../../src/core/codec/yaml.js";
import type { DataMap } from "../../../../src/core/gotemplate/value.js";
import { publishPorts } from "../../../../src/core/render/compose/publish.js";
import { emptyState } from "../../../../src/core/score/state.js";

const document = () =>
  parseYaml("services: {a: {hostname: app}, b: {hostname: app, ports: [{target: 1}]}, db: {}}")
    .value as DataMap;

const outputs = new Map<string, string | bigint>([
  ["host", "db"],
  ["port", 5n],
  ["ghost", "nobody"],
]);
const state = {
  ...emptyState("compose"),
  resources: new Map([
    [
      "db.default#app.db",
      {
        guid: "",
        type: "db",
        class: "default",
        id: "app.db",
        metadata: new Map(),
        params: null,
        sourceWorkload: "app",
        provisioner: "template://x",
        state: new Map(),
        outputs,
      },
    ],
  ]),
};

test.each([
  {
    publish: "80:app:8080",
    want: "{a: {hostname: app, ports: [{target: 8080, published: '80'}]}, b: {hostname: app, ports: [{target: 1}, {target: 8080, published: '80'}]}, db: {}}",
  },
  {
    publish: "80:db#app.db.host:5432",
    want: "{a: {hostname: app}, b: {hostname: app, ports: [{target: 1}]}, db: {ports: [{target: 5432, published: '80'}]}}",
  },
  {
    publish: "80:db.default#app.db.host:5432",
    want: "{a: {hostname: app}, b: {hostname: app, ports: [{target: 1}]}, db: {ports: [{target: 5432, published: '80'}]}}",
  },
])("publishes $publish", ({ publish, want }) => {
  const before = document();
  const services = publishPorts(before, [publish], state).get("services");
  expect(services).toEqual(parseYaml(want).value);
  expect(before).toEqual(document());
});

test("ports stand in their place among the keys of a service", () => {
  const services = "services: {a: {hostname: app, image: x, restart: always, volumes: []}}";
  const written = publishPorts(parseYaml(services).value as DataMap, ["80:app:81"], state);
  const service = (written.get("services") as Map<string, DataMap>).get("a");
  expect([...(service?.keys() ?? [])]).toEqual([
    "hostname",
    "image",
    "ports",
    "restart",
    "volumes",
  ]);
});

test.each([
  { container: "4294967375", want: "[{target: 79, published: '80'}]" },
  { container: "4294967296", want: "[{published: '80'}]" },
])("the container port $container loses what 32 bits do not hold", ({ container, want }) => {
  const given = parseYaml("services: {a: {hostname: app}}").value as DataMap;
  const written = publishPorts(given, [`80:app:${container}`], state);
  const service = (written.get("services") as Map<string, DataMap>).get("a");
  expect(service?.get("ports")).toEqual(parseYaml(want).value);
});

test.each([
  { publish: "80:app", code: "publish_form" },
  { publish: "80:app:1:2", code: "publish_form" },
  { publish: "x:app:80", code: "publish_form" },
  { publish: "1:app:80", code: "publish_form" },
  { publish: "80:app:-5", code: "publish_form" },
  { publish: "80:ghost:80", code: "publish_reference" },
  { publish: "80:db#app.zz.host:80", code: "publish_reference" },
  { publish: "80:db#app.db.nope:80", code: "publish_reference" },
  { publish: "80:db#app.db.port:80", code: "publish_reference" },
  { publish: "80:db#app.db.ghost:80", code: "publish_reference" },
  { publish: "80:db#host:80", code: "publish_reference" },
])("refuses $publish", ({ publish, code }) => {
  expect(() => publishPorts(document(), [publish], state)).toThrow(
    expect.objectContaining({ code }),
  );
});
