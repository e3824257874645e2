"""Adds what the county's lists ask about a person beyond name and number.

On the way back it is lost.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
# The words stand in the domain too and a test compares both.
_WORDS = {
    "education": ("小学及以下", "初中", "高中(中专)", "大专", "本科", "研究生"),
    "ethnicity": tuple(
        f"{name}族"
        for name in (
            "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 "
            "东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 "
            "俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
        ).split()
    ),
    "work_status": ("就业", "失业", "创业"),
    "insured": ("是", "否"),
    "prior_level": (
        *("无", "五级/初级工", "四级/中级工", "三级/高级工", "二级/技师", "一级/高级技师"),
    ),
}
_CODES = ("hukou_code", "residence_code")
_TRIGGER = "particulars_not_of_erased"


def upgrade() -> None:
    """Add the table; nothing is known of anybody yet."""
    op.create_table(
        "particulars",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("education", sa.String(length=20), nullable=True),
        sa.Column("ethnicity", sa.String(length=20), nullable=True),
        sa.Column("hukou_code", sa.String(length=6), nullable=True),
        sa.Column("hukou_place", sa.String(length=60), nullable=True),
        sa.Column("residence_code", sa.String(length=6), nullable=True),
        sa.Column("residence_place", sa.String(length=60), nullable=True),
        sa.Column("address", sa.String(length=100), nullable=True),
        sa.Column("employer", sa.String(length=100), nullable=True),
        sa.Column("work_status", sa.String(length=10), nullable=True),
        sa.Column("insured", sa.String(length=10), nullable=True),
        sa.Column("cert_of_status_no", sa.String(length=40), nullable=True),
        sa.Column("prior_level", sa.String(length=20), nullable=True),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("written_by_id", ID, nullable=False),
        *(
            sa.CheckConstraint(_one_of(column), name=op.f(f"ck_particulars_{column}"))
            for column in _WORDS
        ),
        *(
            sa.CheckConstraint(
                f"length({column}) = 6 AND rtrim({column}, '0123456789') = ''",
                name=op.f(f"ck_particulars_{column}"),
            )
            for column in _CODES
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_particulars_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["person.id"], name=op.f("fk_particulars_written_by_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_particulars")),
    )
    _refuse_erased()


def downgrade() -> None:
    """Take it away."""
    op.drop_table("particulars")
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"DROP FUNCTION {_TRIGGER}()")


def _one_of(column: str) -> str:
    listed = ", ".join(f"'{word}'" for word in _WORDS[column])
    return f"{column} IN ({listed})"


def _refuse_erased() -> None:
    text = "particulars: this person was erased"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {_TRIGGER} BEFORE INSERT ON particulars FOR EACH ROW "
            "WHEN true AND EXISTS (SELECT 1 FROM person WHERE id = NEW.person_id "
            f"AND erased_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, '{text}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {_TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE gone timestamptz; BEGIN IF true THEN "
        "SELECT erased_at INTO gone FROM person WHERE id = NEW.person_id FOR KEY SHARE; "
        f"IF gone IS NOT NULL THEN RAISE EXCEPTION '{text}' USING ERRCODE = '23514'; "
        "END IF; END IF; RETURN NEW; END $$; "
        f"CREATE TRIGGER {_TRIGGER} BEFORE INSERT ON particulars FOR EACH ROW "
        f"EXECUTE FUNCTION {_TRIGGER}()"
    )
