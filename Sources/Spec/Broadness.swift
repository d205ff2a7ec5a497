extension NamePattern {
    /// Whether the pattern covers names of unrelated owners: `*`, `*.*`, `*.com`, `com`, `*.co.uk`.
    ///
    /// A pattern is too broad where nothing but stars stands left of a public suffix. A star within
    /// the suffix counts as what it may match: `*.co.*` covers `*.co.uk`. `*.amazonaws.com` is one
    /// owner's, and fine. A single label without a star is one name, and only too broad where it is a
    /// well-known top-level domain: `redis` may be a container.
    public var isTooBroad: Bool {
        let labels = labels.map { String(decoding: $0, as: UTF8.self) }
        guard let last = labels.last else { return true }
        if labels.count == 1 {
            if isSubtree { return !PublicSuffix.ownZones.contains(last) }
            return last.allSatisfy { $0 == "*" } || PublicSuffix.isTopLevel(last)
        }
        let covers = { (label: String, suffix: Substring) in
            Self.glob(label, String(suffix))
        }
        let second = labels[labels.count - 2]
        let isTwoLabelSuffix = PublicSuffix.twoLabels.contains { entry in
            let parts = entry.split(separator: ".")
            return covers(second, parts[0]) && covers(last, parts[1])
        }
        let left = labels.dropLast(isTwoLabelSuffix ? 2 : 1)
        if left.isEmpty { return true }
        guard left.allSatisfy({ $0.allSatisfy { $0 == "*" } }) else { return false }
        return !PublicSuffix.ownZones.contains(last)
    }

    /// Whether one label's pattern matches one label.
    private static func glob(_ pattern: String, _ label: String) -> Bool {
        NamePattern(pattern)?.matches(label) ?? false
    }
}

/// The public suffixes that a pattern is checked against: few, and those people type.
///
/// The Public Suffix List has over 9,000 entries and changes weekly; this guards against slips, not
/// against intent. Top-level domains are the ISO 3166-1 country codes of the IANA root zone database
/// and the generic ones most in use; the two-label suffixes are those in the ICANN section of
/// publicsuffix.org's list under which most names are registered.
enum PublicSuffix {
    static let twoLabels: Set<String> = words(
        """
        co.uk org.uk me.uk ltd.uk plc.uk net.uk ac.uk gov.uk sch.uk nhs.uk police.uk
        com.au net.au org.au edu.au gov.au asn.au id.au co.nz org.nz net.nz ac.nz govt.nz
        co.jp or.jp ne.jp ac.jp go.jp ad.jp co.kr or.kr ne.kr re.kr go.kr ac.kr
        com.cn net.cn org.cn gov.cn edu.cn ac.cn com.tw org.tw net.tw edu.tw gov.tw
        com.hk org.hk net.hk edu.hk gov.hk com.sg org.sg net.sg edu.sg gov.sg
        co.in net.in org.in gov.in ac.in nic.in com.my net.my org.my gov.my edu.my
        co.id or.id ac.id go.id web.id co.th or.th ac.th go.th in.th com.vn net.vn gov.vn edu.vn
        com.ph net.ph org.ph gov.ph edu.ph com.pk net.pk org.pk com.bd com.lk com.np
        com.br net.br org.br gov.br edu.br com.ar net.ar org.ar gob.ar gov.ar com.mx org.mx gob.mx
        com.co net.co org.co gov.co com.pe org.pe gob.pe com.ve com.ec com.uy com.py com.bo
        co.za org.za net.za gov.za ac.za web.za com.ng org.ng gov.ng co.ke or.ke go.ke co.tz co.ug
        com.gh com.eg com.sa org.sa gov.sa com.kw com.qa com.bh com.lb co.il org.il ac.il gov.il
        com.tr org.tr net.tr gov.tr edu.tr com.ua net.ua org.ua gov.ua com.pl net.pl org.pl edu.pl
        gov.pl com.pt com.es org.es com.gr com.ro com.cy com.mt co.at or.at ac.at gv.at co.hu
        com.ru co.rs com.hr com.fr asso.fr gouv.fr gov.it edu.it
        """)

    static let topLevel: Set<String> = words(
        """
        com net org edu gov mil int arpa info name pro aero coop museum biz mobi travel jobs cat tel
        asia app dev cloud aws amazon google page web site online store shop tech xyz top club live
        life world space website agency digital email group network services solutions systems
        software company support media news blog art design studio health finance bank law game
        games fun run zone academy education school university science

        ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs
        bt bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee
        eg er es et eu fi fj fk fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm
        hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb
        lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz
        na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs
        ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl
        tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
        """)

    /// Names of one network's own, under which `*.` is not broad (RFC 6761, RFC 6762, RFC 9476 and
    /// what common software uses).
    static let ownZones: Set<String> = words(
        "test example invalid localhost local internal alt lan home corp intranet private consul "
            + "docker podman mesh")

    static func isTopLevel(_ label: String) -> Bool { topLevel.contains(label) }

    private static func words(_ text: String) -> Set<String> {
        Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
    }
}
