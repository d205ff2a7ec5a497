#!/usr/bin/env python3
"""Extracts from botocore which endpoint names live in us-east-1 and which do not.

    pip install botocore && python3 endpoints.py > us-east-1-names.json

Three sources, every service of each:
  1. the endpoint rule sets, evaluated with botocore's own EndpointProvider for every service, region
     of every partition, FIPS and dual stack, and the parameters that change the host (buckets,
     access points, account ids, streams, legacy global endpoints), with the host prefixes that single
     operations put in front;
  2. endpoints.json (the older resolver, still used where a service has no rule set);
  3. names that no SDK model lists: load balancers, databases, functions, instances (FAMILIES below,
     each from AWS's own documentation), expanded for every region.

A name with a region among its labels lives there. A name without one lives where its requests are
signed for (iam.amazonaws.com: us-east-1, whatever region asked); one that several regions share and
that is signed for all of them (S3 multi-region access points, EventBridge global endpoints) lives in
none of them, and must not be hit.

The names to spare are written as templates over sets of regions, or the file would be 4 MB.
"""

import itertools
import json
import re
import sys
from urllib.parse import urlsplit

import botocore
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import BotoCoreError
from botocore.loaders import Loader

TARGET = "us-east-1"
ACCOUNT = "111122223333"
LOADER = Loader()
LOCAL = {"localhost"}


def region_names():
    names = set()
    for partition in LOADER.load_data("partitions")["partitions"]:
        names |= set(partition["regions"])
    for partition in LOADER.load_data("endpoints")["partitions"]:
        names |= set(partition["regions"])
    return names


# aws-global and the like are names for the resolver, never labels of a real host.
REAL = sorted((r for r in region_names() if re.search(r"\d$", r)), key=len, reverse=True)
DASHED = {"us-", "eu-", "ap-", "sa-", "ca-", "me-", "af-", "il-", "mx-"}
PSEUDO = re.compile(r"(^|[.-])aws(-[a-z]+)*-global\.")
LABEL = re.compile(r"(?<![a-z0-9])(" + "|".join(REAL) + r")(?=[a-f]?(\.|-vpce|$))")


def regions_in(host):
    """Regions that are labels of a host, or the end of one: `us-west-2`, `s3-us-west-2`."""
    return {match[1] for match in LABEL.finditer(host)}


class Names:
    """Host names, and for each the regions that it is signed for and that asked for it."""

    def __init__(self):
        self.signed = {}
        self.asked = {}
        self.origins = {}

    def add(self, host, asked, signed, origin):
        host = host.lower().rstrip(".")
        if host.split(":")[0] in LOCAL or "{" in host or PSEUDO.search(host):
            return
        self.asked.setdefault(host, set()).add(asked)
        self.signed.setdefault(host, set())
        if signed:
            self.signed[host].add(signed)
        self.origins.setdefault(host, set()).add(origin)

    def lives_in_target(self, host):
        labels = regions_in(host)
        if labels:
            return TARGET in labels and not self.asked[host] & {"elsewhere"}
        if self.signed[host]:
            # Two, for budgets and CloudFront are signed for us-gov-west-1 too when GovCloud asks.
            return TARGET in self.signed[host] and len(self.signed[host]) <= 2
        return self.asked[host] == {TARGET}


def partitions():
    """Region names of each partition: those of the rule engine's table and of endpoints.json."""
    table = LOADER.load_data("partitions")["partitions"]
    legacy = {p["partition"]: p for p in LOADER.load_data("endpoints")["partitions"]}
    for partition in table:
        regions = set(partition["regions"])
        regions |= set(legacy.get(partition["id"], {}).get("regions", {}))
        yield partition["id"], sorted(regions)


def cases(service, region, partition):
    """Parameters beyond region, FIPS and dual stack that change a service's host name."""
    arn = f"arn:{partition}"
    yield {}
    if service == "s3":
        yield {"UseGlobalEndpoint": True}
        for bucket in ("my-bucket", "my.dotted.bucket"):
            yield {"Bucket": bucket}
            yield {"Bucket": bucket, "UseGlobalEndpoint": True}
            yield {"Bucket": bucket, "ForcePathStyle": True}
        yield {"Bucket": "my-bucket", "Accelerate": True}
        yield {"UseObjectLambdaEndpoint": True}
        zone = f"{region.replace('us-', 'us').replace('-', '')}-az4"
        yield {"Bucket": f"my-bucket--{zone}--x-s3"}
        yield {"Bucket": f"my-bucket--{zone}--x-s3", "DisableS3ExpressSessionAuth": True}
        yield {"Bucket": f"my-bucket--{zone}--x-s3", "UseS3ExpressControlEndpoint": True}
        yield {"UseS3ExpressControlEndpoint": True}
        yield {"Bucket": f"{arn}:s3:{region}:{ACCOUNT}:accesspoint/my-point"}
        yield {"Bucket": f"{arn}:s3-object-lambda:{region}:{ACCOUNT}:accesspoint/my-point"}
        yield {"Bucket": f"{arn}:s3::{ACCOUNT}:accesspoint:mfzwi23gnjvgw.mrap"}
        yield {
            "Bucket": f"{arn}:s3-outposts:{region}:{ACCOUNT}"
            ":outpost/op-01234567890123456/accesspoint/my-point"
        }
    if service == "s3control":
        yield {"RequiresAccountId": True, "AccountId": ACCOUNT}
        yield {"OutpostId": "op-01234567890123456"}
        yield {"UseS3ExpressControlEndpoint": True, "Bucket": "my-bucket"}
    if service == "dynamodb":
        for mode in ("preferred", "required"):
            yield {"AccountId": ACCOUNT, "AccountIdEndpointMode": mode}
        table = f"{arn}:dynamodb:{region}:{ACCOUNT}:table/t"
        yield {"ResourceArn": table, "AccountIdEndpointMode": "preferred"}
    if service == "kinesis":
        for kind in ("control", "data"):
            yield {
                "StreamARN": f"{arn}:kinesis:{region}:{ACCOUNT}:stream/s",
                "OperationType": kind,
            }
    if service == "sts":
        yield {"UseGlobalEndpoint": True}
    if service in ("events", "sesv2"):
        yield {"EndpointId": "abc123.456def"}
    if service == "neptune-graph":
        yield {"ApiType": "ControlPlane"}
        yield {"ApiType": "DataPlane"}
    if service == "arc-region-switch":
        yield {"UseControlPlaneEndpoint": True}
        yield {"UseControlPlaneEndpoint": False}
    if service == "cloudfront-keyvaluestore":
        yield {"KvsARN": f"arn:aws:cloudfront::{ACCOUNT}:key-value-store/abc"}


def prefixes(service):
    """Host prefixes of single operations, placeholders filled in: `data-`, `111122223333.`."""
    model = LOADER.load_service_model(service, "service-2")
    found = set()
    for operation in model["operations"].values():
        prefix = operation.get("endpoint", {}).get("hostPrefix")
        if prefix:
            found.add(re.sub(r"\{[Aa]ccount[^}]*\}", ACCOUNT, prefix))
    return sorted(re.sub(r"\{[^}]*\}", "example", prefix) for prefix in found)


def signing_region(endpoint):
    """The region of the first authentication scheme, "*" for all of them, None where not said."""
    for scheme in endpoint.properties.get("authSchemes", []):
        if "signingRegion" in scheme:
            return scheme["signingRegion"]
        if "signingRegionSet" in scheme:
            return ",".join(scheme["signingRegionSet"])
    return None


def from_rule_sets(names):
    table = LOADER.load_data("partitions")
    services = LOADER.list_available_services("endpoint-rule-set-1")
    evaluated = 0
    for service in services:
        rules = LOADER.load_service_model(service, "endpoint-rule-set-1")
        provider = EndpointProvider(rules, table)
        known = set(rules["parameters"])
        before = prefixes(service)
        for partition, regions in partitions():
            for region, fips, dual in itertools.product(regions, (False, True), (False, True)):
                for extra in cases(service, region, partition):
                    asked = {"Region": region, "UseFIPS": fips, "UseDualStack": dual, **extra}
                    asked = {k: v for k, v in asked.items() if k in known}
                    try:
                        endpoint = provider.ruleset.evaluate(asked)
                    except BotoCoreError:
                        continue  # an error rule: this combination does not exist
                    if endpoint is None:
                        continue
                    evaluated += 1
                    host = urlsplit(endpoint.url).netloc
                    signed = signing_region(endpoint)
                    names.add(host, region, signed, f"rules:{service}")
                    for prefix in before:
                        names.add(prefix + host, region, signed, f"rules:{service}")
    return len(services), evaluated


def from_endpoints_json(names):
    services = set()
    for partition in LOADER.load_data("endpoints")["partitions"]:
        for service, data in partition["services"].items():
            services.add(service)
            regions = dict(data.get("endpoints", {}))
            if data.get("isRegionalized", True):
                for region in partition["regions"]:
                    regions.setdefault(region, {})
            for region, endpoint in regions.items():
                signed = endpoint.get("credentialScope", {}).get("region")
                # Entries such as "fips-us-east-1" have host names of their own or none.
                sources = [endpoint]
                if region in REAL:
                    sources = [partition["defaults"], data.get("defaults", {}), endpoint]
                for host in hosts(sources, partition["dnsSuffix"]):
                    host = host.replace("{service}", service).replace("{region}", region)
                    names.add(host, region, signed, f"endpoints:{service}")
    return len(services)


def hosts(sources, suffix):
    """The plain host, the certificate's (older SDKs connect to it), and one for each variant."""
    plain, variants, found = None, {}, []
    for source in sources:
        plain = source.get("hostname", plain)
        if "sslCommonName" in source:
            found.append(source["sslCommonName"].replace("{dnsSuffix}", suffix))
        for variant in source.get("variants", []):
            if "hostname" in variant:
                variants[tuple(sorted(variant["tags"]))] = variant
    if plain:
        found.append(plain.replace("{dnsSuffix}", suffix))
    for variant in variants.values():
        found.append(variant["hostname"].replace("{dnsSuffix}", variant.get("dnsSuffix", suffix)))
    return found


# Names that clients resolve and no SDK model lists. REGION is expanded for every region of `aws`,
# and of the other partitions where SUFFIX stands for amazonaws.com. HERE: us-east-1 has its own form.
FAMILIES = [
    # docs.aws.amazon.com/elasticloadbalancing: ALB and CLB, then NLB; GWLB has none of its own.
    ("elb", "my-alb-1234567890.REGION.elb.SUFFIX"),
    ("elb", "internal-my-clb-1234567890.REGION.elb.SUFFIX"),
    ("elb", "dualstack.my-alb-1234567890.REGION.elb.SUFFIX"),
    ("elb", "ipv6.my-alb-1234567890.REGION.elb.SUFFIX"),
    ("elb", "my-nlb-1234567890abcdef.elb.REGION.SUFFIX"),
    ("elb", "REGIONa.my-nlb-1234567890abcdef.elb.REGION.SUFFIX"),
    # docs.aws.amazon.com/apigateway, lambda-urls, appsync
    ("apigateway", "abcdef1234.execute-api.REGION.SUFFIX"),
    ("apigateway", "d-abcdef1234.execute-api.REGION.SUFFIX"),
    ("apigateway", "abcdef1234-vpce-0123456789abcdef0.execute-api.REGION.SUFFIX"),
    ("lambda", "abcdefghijklmnopqrstuvwxyz012345.lambda-url.REGION.on.aws"),
    ("appsync", "abcdefghijklmnopqrstuvwxyz.appsync-api.REGION.SUFFIX"),
    ("appsync", "abcdefghijklmnopqrstuvwxyz.appsync-realtime-api.REGION.SUFFIX"),
    ("apprunner", "abcdef1234.REGION.awsapprunner.com"),
    ("vpc-lattice", "my-service-0123456789abcdef0.7d67968.vpc-lattice-svcs.REGION.on.aws"),
    # databases, caches, search
    ("rds", "mydb.abcdefghijkl.REGION.rds.SUFFIX"),
    ("rds", "mycluster.cluster-abcdefghijkl.REGION.rds.SUFFIX"),
    ("rds", "mycluster.cluster-ro-abcdefghijkl.REGION.rds.SUFFIX"),
    ("rds", "myproxy.proxy-abcdefghijkl.REGION.rds.SUFFIX"),
    ("docdb", "mydocdb.cluster-abcdefghijkl.REGION.docdb.SUFFIX"),
    ("neptune", "myneptune.cluster-abcdefghijkl.REGION.neptune.SUFFIX"),
    ("elasticache", "my-redis.abc123.ng.0001.SHORT.cache.SUFFIX"),
    ("elasticache", "clustercfg.my-redis.abc123.SHORT.cache.SUFFIX"),
    ("elasticache", "my-cache-abc123.serverless.SHORT.cache.SUFFIX"),
    ("memorydb", "clustercfg.my-cluster.abc123.memorydb.REGION.SUFFIX"),
    ("dax", "my-dax.abc123.dax-clusters.REGION.SUFFIX"),
    ("dax", "my-dax.abc123.clustercfg.dax.SHORT.cache.SUFFIX"),
    ("redshift", "my-cluster.abcdefghijkl.REGION.redshift.SUFFIX"),
    ("redshift", "my-group.111122223333.REGION.redshift-serverless.SUFFIX"),
    ("opensearch", "search-my-domain-abcdefghijklmnopqrstuvwxyz.REGION.es.SUFFIX"),
    ("opensearch", "vpc-my-domain-abcdefghijklmnopqrstuvwxyz.REGION.es.SUFFIX"),
    ("opensearch", "search-my-domain-abcdefghijklmnopqrstuvwxyz.aos.REGION.on.aws"),
    ("opensearch", "abcdefghij0123456789.REGION.aoss.SUFFIX"),
    ("dsql", "abcdefghijklmnopqrstuvwxyz.dsql.REGION.on.aws"),
    ("timestream", "ingest-cell1.timestream.REGION.SUFFIX"),
    ("timestream", "abcdefghij.timestream-influxdb.REGION.on.aws"),
    # containers, files, queues, streams, IoT
    ("ecr", "111122223333.dkr.ecr.REGION.SUFFIX"),
    ("ecr", "111122223333.dkr.ecr-fips.REGION.SUFFIX"),
    ("ecr", "111122223333.dkr-ecr.REGION.on.aws"),
    ("eks", "0123456789ABCDEF0123456789ABCDEF.gr7.REGION.eks.SUFFIX"),
    ("eks", "oidc.eks.REGION.SUFFIX"),
    ("efs", "fs-0123456789abcdef0.efs.REGION.SUFFIX"),
    ("fsx", "fs-0123456789abcdef0.fsx.REGION.SUFFIX"),
    ("sqs", "REGION.queue.SUFFIX"),
    ("msk", "b-1.mycluster.abc123.c2.kafka.REGION.SUFFIX"),
    ("mq", "b-01234567-89ab-cdef-0123-456789abcdef-1.mq.REGION.SUFFIX"),
    ("mq", "b-01234567-89ab-cdef-0123-456789abcdef.mq.REGION.on.aws"),
    ("iot", "abcdefghijklmn-ats.iot.REGION.SUFFIX"),
    ("iot", "abcdefghijklmn.credentials.iot.REGION.SUFFIX"),
    ("transfer", "s-0123456789abcdef0.server.transfer.REGION.SUFFIX"),
    ("ses", "email-smtp.REGION.SUFFIX"),
    ("ses", "inbound-smtp.REGION.SUFFIX"),
    ("cognito", "my-domain.auth.REGION.amazoncognito.com"),
    # PrivateLink
    ("vpce", "vpce-0123456789abcdef0-abcdefgh.dynamodb.REGION.vpce.SUFFIX"),
    ("vpce", "vpce-0123456789abcdef0-abcdefgh-REGIONa.s3.REGION.vpce.SUFFIX"),
    ("vpce", "vpce-0123456789abcdef0-abcdefgh.vpce-svc-0123456789abcdef0.REGION.vpce.SUFFIX"),
    # S3 beyond the rule sets: legacy dash form, dual stack, websites
    ("s3", "s3-REGION.SUFFIX"),
    ("s3", "my-bucket.s3-REGION.SUFFIX"),
    ("s3", "my-bucket.s3.dualstack.REGION.SUFFIX"),
    ("s3", "my-bucket.s3-website-REGION.SUFFIX"),
    ("s3", "my-bucket.s3-website.REGION.SUFFIX"),
    ("s3", "my.dotted.bucket.s3.REGION.SUFFIX"),
    # docs.aws.amazon.com/AWSEC2: public and private names of instances outside us-east-1
    ("ec2", "ec2-203-0-113-25.REGION.compute.SUFFIX"),
    ("ec2", "ip-10-0-0-1.REGION.compute.internal"),
    ("ec2", "i-0123456789abcdef0.REGION.compute.internal"),
    # Beanstalk, sign-in, identity centre, notebooks
    ("elasticbeanstalk", "myenv.eba-abcdefgh.REGION.elasticbeanstalk.com"),
    ("signin", "REGION.signin.aws.amazon.com"),
    ("console", "REGION.console.aws.amazon.com"),
    ("oidc", "oidc.REGION.SUFFIX"),
    ("portal.sso", "portal.sso.REGION.SUFFIX"),
    ("sagemaker", "my-notebook.notebook.REGION.sagemaker.aws"),
    ("sagemaker", "d-abcdefghijkl.studio.REGION.sagemaker.aws"),
]

# us-east-1 is the oldest region: names without a region are often its own.
HERE = [
    ("ec2", "ec2-203-0-113-25.compute-1.amazonaws.com"),
    ("ec2", "ip-10-0-0-1.ec2.internal"),
    ("ec2", "i-0123456789abcdef0.ec2.internal"),
    ("ec2", "instance-1.compute-1.amazonaws.com"),
    ("sqs", "queue.amazonaws.com"),
    ("ec2", "ec2.amazonaws.com"),
    ("s3", "s3.amazonaws.com"),
    ("s3", "my-bucket.s3.amazonaws.com"),
    ("s3", "my.dotted.bucket.s3.amazonaws.com"),
    ("s3", "s3-external-1.amazonaws.com"),
    ("s3", "my-bucket.s3-external-1.amazonaws.com"),
    ("s3", "my-bucket.s3-website-us-east-1.amazonaws.com"),
    ("sts", "sts.amazonaws.com"),
    ("sts", "sts-fips.us-east-1.amazonaws.com"),
    ("iam", "iam.amazonaws.com"),
    ("route53", "route53.amazonaws.com"),
    ("cloudfront", "cloudfront.amazonaws.com"),
    ("organizations", "organizations.us-east-1.amazonaws.com"),
    ("dynamodb", "111122223333.ddb.us-east-1.amazonaws.com"),
    # Names of the first years without a region, which lead to us-east-1.
    ("autoscaling", "autoscaling.amazonaws.com"),
    ("elb", "elasticloadbalancing.amazonaws.com"),
    ("emr", "elasticmapreduce.amazonaws.com"),
    ("cloudwatch", "monitoring.amazonaws.com"),
    ("s3", "x.us-east-1.s3.amazonaws.com"),
    ("s3", "x.us-east-1.s3-website-us-east-1.amazonaws.com"),
    ("mwaa", "abcdef01-2345.c2.us-east-1.airflow.amazonaws.com"),
]

# Not us-east-1's: look-alikes, services with their control plane elsewhere, and the edge, whose
# answers come from anywhere.
ELSEWHERE = [
    "dynamodb.us-east-1.amazonaws.com.cn",
    "x.us-east-1.amazonaws.com.cn",
    "us-east-1.amazonaws.com.example.test",
    "dynamodb.us-east-1.amazonaws.com.example.test",
    "dynamodb.us-east-10.amazonaws.com",
    "dynamodb.xus-east-1.amazonaws.com",
    "dynamodb.us-east-1.example.test",
    "my-us-east-1-bucket.s3.us-west-2.amazonaws.com",
    "us-east-1.s3.eu-west-1.amazonaws.com",
    "us-east-1.my-bucket.s3.us-west-2.amazonaws.com",
    "us-east-1.s3-us-west-2.amazonaws.com",
    "us-east-1.us-west-2.elb.amazonaws.com",
    # Buckets of other regions that are named after this one, in the legacy dash form.
    *(f"x.us-east-1.s3-{r}.amazonaws.com" for r in REAL if r[:3] in DASHED and r != TARGET),
    *(f"x.us-east-1.s3-website-{r}.amazonaws.com" for r in REAL if r[:3] in DASHED and r != TARGET),
    "x.us-east-1.s3-accelerate.amazonaws.com",
    "iam.amazonaws.com.example.test",
    "my-iam.amazonaws.com.example.test",
    "iam.us-gov.amazonaws.com",
    "iam.cn-north-1.amazonaws.com.cn",
    "globalaccelerator.amazonaws.com",
    "a1234567890abcdef.awsglobalaccelerator.com",
    "networkmanager.us-west-2.amazonaws.com",
    "d111111abcdef8.cloudfront.net",
    "aws.amazon.com",
    "docs.aws.amazon.com",
    "www.amazon.com",
    "amazonaws.com",
    "amazonaws.com.cn",
    "api.aws",
    "on.aws",
    "example.com",
    "deb.debian.org",
    "instance-data.ec2.internal.example.test",
    "time.aws.com",
]

# ElastiCache abbreviates regions (docs.aws.amazon.com/AmazonElastiCache: connection endpoints).
SHORT = {
    "us-east-1": "use1", "us-east-2": "use2", "us-west-1": "usw1", "us-west-2": "usw2",
    "ca-central-1": "cac1", "eu-west-1": "euw1", "eu-west-2": "euw2", "eu-west-3": "euw3",
    "eu-central-1": "euc1", "eu-north-1": "eun1", "eu-south-1": "eus1", "ap-south-1": "aps1",
    "ap-northeast-1": "apne1", "ap-northeast-2": "apn2", "ap-northeast-3": "apne3",
    "ap-southeast-1": "apse1", "ap-southeast-2": "apse2", "ap-east-1": "ape1",
    "sa-east-1": "sae1", "me-south-1": "mes1", "af-south-1": "afs1", "cn-north-1": "cnn1",
    "cn-northwest-1": "cnnw1", "us-gov-west-1": "usgw1", "us-gov-east-1": "usge1",
}


def from_families(names):
    for partition in LOADER.load_data("endpoints")["partitions"]:
        for region in partition["regions"]:
            for service, form in FAMILIES:
                if "SUFFIX" not in form and partition["partition"] != "aws":
                    continue
                if "SHORT" in form and region not in SHORT:
                    continue
                host = form.replace("SHORT", SHORT.get(region, "")).replace("REGION", region)
                host = host.replace("SUFFIX", partition["dnsSuffix"])
                names.add(host, region, None, f"family:{service}")
    for service, host in HERE:
        names.add(host, TARGET, TARGET, f"family:{service}")
    for host in ELSEWHERE:
        names.add(host, "elsewhere", None, "look-alike")


def templates(spared):
    """Host names as templates, grouped by the set of regions that they hold for."""
    by_template, plain = {}, []
    for host in spared:
        regions = sorted(regions_in(host), key=host.rfind)
        if not regions:
            plain.append(host)
            continue
        by_template.setdefault(host.replace(regions[-1], "{}"), set()).add(regions[-1])
    by_regions = {}
    for template, regions in by_template.items():
        by_regions.setdefault(tuple(sorted(regions)), []).append(template)
    groups = [
        {"regions": list(regions), "names": sorted(names)} for regions, names in by_regions.items()
    ]
    groups.sort(key=lambda group: (group["names"], group["regions"]))
    return groups, sorted(plain)


def main():
    names = Names()
    rule_sets, evaluated = from_rule_sets(names)
    services = from_endpoints_json(names)
    from_families(names)
    if "--origins" in sys.argv:
        for host in sorted(names.asked):
            found = [sorted(x[host])[:4] for x in (names.asked, names.signed, names.origins)]
            print("hit " if names.lives_in_target(host) else "spare", host, *found)
        return
    hit = sorted(host for host in names.asked if names.lives_in_target(host))
    spared = [host for host in names.asked if not names.lives_in_target(host)]
    groups, plain = templates(spared)
    report = {
        "about": "Written by endpoints.py; do not edit. {} stands for each of the group's regions.",
        "botocore": botocore.__version__,
        "counts": {
            "ruleSets": rule_sets, "ruleEvaluations": evaluated, "endpointsServices": services,
            "hit": len(hit), "spared": len(spared),
        },
        "hit": hit,
        "sparedRegional": groups,
        "sparedPlain": plain,
    }
    # One name a line keeps diffs readable; lists of regions stay on one.
    text = json.dumps(report, indent=1)
    text = re.sub(
        r'"regions": \[[^]]*\]', lambda match: re.sub(r"\s+", " ", match[0]), text)
    print(text)
    sys.stderr.write(f"botocore {botocore.__version__}: {report['counts']}\n")


if __name__ == "__main__":
    main()
